// A person at the dashboard, from the first link to the last bill: the real central system, a real station, a real
// browser. Steps build on each other, in order.
//   LADESTROM_BIN       folder of the programs
//   LADESTROM_PICTURES  where screenshots go
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { control, Programs } from "./programs.mjs";
import { eventually, launch, WatchedPage } from "./watched_page.mjs";

const identity = "BROWSER-1";
const station_password = "a-password-of-20-byt";
const own_password = "correct horse battery";
const token = "CARD0001";

let programs, csms, station, browser, watched, page;
const url = () => new URL(page.url());
const connector = (number) => page.getByRole("region", { name: `Connector ${number}`, exact: true });
const go = (path) => page.goto(csms.base + path);

let steps;
let failed = false;

// Steps build on each other: after a failure the rest would only repeat it.
async function step(name, run) {
  await steps.test(name, { skip: failed && "an earlier step failed" }, async () => {
    try {
      await run();
    } catch (error) {
      failed = true;
      await watched.picture("failed").catch(() => undefined);
      throw new Error(`${error.stack}\nat ${page.url()}\nproblems: ${watched.problems.join("\n")}\ncsms:\n${csms.program.output.slice(-3000)}\nstation:\n${station?.program.output.slice(-2000) ?? ""}`);
    }
  });
}

async function everything() {
  await step("without a login nothing but the login page is shown", async () => {
    watched.expecting_failures = true; // the browser reports the 401
    await go("/tokens");
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    assert.equal(url().pathname, "/tokens");
    await page.getByLabel(/^User/).fill("admin");
    await page.getByLabel(/^Password/).fill("certainly wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByText("User or password is wrong.").waitFor();
    await watched.picture("login");
    watched.expecting_failures = false;
  });

  await step("the one-time link leads in, once, and the page is served under a strict policy", async () => {
    const link = await csms.link();
    await page.goto(link);
    await page.getByRole("heading", { name: "Fleet", exact: true }).waitFor();
    assert.equal(url().pathname, "/");
    assert.equal(url().search, "");
    const response = await page.request.get(`${csms.base}/`);
    const policy = response.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src '(none|self)'/);
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? "'self'";
    assert.equal(scripts.trim(), "'self'");
    const again = await page.request.get(link, { maxRedirects: 0 });
    assert.match(again.headers().location ?? "", /failed/);
  });

  await step("an empty fleet says what to type into a station", async () => {
    await page.getByText("No station yet", { exact: true }).waitFor();
    await page.getByText(`${csms.stations}/`, { exact: true }).waitFor();
    await watched.picture("fleet-empty");
    assert.deepEqual(await watched.accessibility(), []);
  });

  await step("an unknown station waits in the inbox until a person lets it in", async () => {
    station = await programs.station({
      identity,
      url: csms.stations,
      password: station_password,
      keys: { MeterValueSampleInterval: "1", MeterValuesSampledData: "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Voltage,SoC" },
    });
    const accept = page.getByRole("button", { name: `Accept ${identity}` });
    await accept.waitFor();
    await watched.picture("inbox");
    await accept.click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Front yard");
    await dialog.getByLabel(/^Password/).fill(station_password);
    assert.deepEqual(await watched.accessibility(), []);
    await dialog.getByRole("button", { name: "Let in" }).click();
    await dialog.getByText(`${csms.stations}/${identity}`, { exact: true }).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    const tile = page.getByRole("article", { name: "Front yard" });
    await tile.getByText("Online").waitFor({ timeout: 180_000 }); // the station's own pause between attempts
    await eventually(async () => (await tile.getByText("Available").count()) === 2, "both connectors available");
  });

  await step("a token is added, and adding it twice is refused", async () => {
    await page.getByRole("link", { name: "Tokens", exact: true }).click();
    await page.getByText("No tokens yet", { exact: true }).waitFor();
    const add = async (note) => {
      await page.getByRole("button", { name: "Add token" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Token").fill(token);
      await dialog.getByLabel("Note").fill(note);
      await dialog.getByRole("button", { name: "Save" }).click();
    };
    await add("Ms Example");
    await page.getByRole("row", { name: new RegExp(token) }).getByText("Ms Example").waitFor();
    await add("Somebody else");
    await page.getByText("This token exists already.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await watched.picture("tokens");
    assert.deepEqual(await watched.accessibility(), []);
  });

  await step("start in the page: sent, accepted, observed; power moves", async () => {
    await control(station.control, "POST", "/evse/1/plug", { soc: 40, capacity_wh: 60_000, max_current: 16, phases: 3 });
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    await page.getByRole("link", { name: "Front yard" }).click();
    await connector(1).getByText("Preparing").waitFor();
    await connector(1).getByRole("button", { name: "Start on connector 1" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Token").fill(token);
    await page.keyboard.press("Escape").catch(() => undefined); // closes the list of suggestions
    if (!(await dialog.isVisible())) {
      await connector(1).getByRole("button", { name: "Start on connector 1" }).click();
      await dialog.getByLabel("Token").fill(token);
    }
    await dialog.getByRole("button", { name: "Start" }).click();
    const progress = connector(1).getByRole("status");
    await progress.getByText("Sent").waitFor();
    await progress.getByText(/^Accepted/).waitFor();
    await progress.getByText(/^Session running \(/).waitFor();
    await connector(1).getByText("Charging", { exact: true }).waitFor();
    await page.getByRole("figure", { name: "Power" }).waitFor();
    await eventually(async () => /\b(?!0\.0)\d+\.\d kW/.test(await connector(1).innerText()), "power on the connector's tile");
    const before = await watched.drawn();
    await eventually(async () => (await watched.drawn()) !== before, "the chart moves");
    await watched.picture("station-charging");
    assert.deepEqual(await watched.accessibility(), []);
  });

  await step("the message trace pairs calls with answers, filters, holds still and exports", async () => {
    await page.getByRole("tab", { name: "Messages" }).click();
    const grid = page.getByRole("grid", { name: "Messages" });
    await grid.getByRole("row", { name: /MeterValues/ }).first().waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText(/new frames? held back/).waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByLabel("Search in messages").fill(token);
    await eventually(() => url().searchParams.get("text") === token, "the filter stands in the address");
    await eventually(async () => (await grid.getByRole("row", { name: /MeterValues/ }).count()) === 0, "the filter applies");
    const remote_start = grid.getByRole("row", { name: /RemoteStartTransaction/ });
    await remote_start.getByText("Accepted").waitFor();
    assert.match(await remote_start.innerText(), /\d+ ms/);
    await remote_start.click();
    const detail = page.getByRole("complementary", { name: "RemoteStartTransaction" });
    await detail.getByLabel("Request").getByText(`"idTag": "${token}"`).waitFor();
    await watched.picture("station-messages");
    assert.deepEqual(await watched.accessibility(), []);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "NDJSON" }).click();
    const lines = readFileSync(await (await downloading).path(), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.ok(lines.some((frame) => frame.action === "RemoteStartTransaction" && frame.direction === "sent"));
    await page.reload();
    await page.getByLabel("Search in messages").waitFor();
    assert.equal(await page.getByLabel("Search in messages").inputValue(), token);
  });

  await step("a configuration key is read and changed", async () => {
    await page.getByRole("tab", { name: "Configuration" }).click();
    await page.getByRole("button", { name: "Change HeartbeatInterval" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Value").fill("77");
    await dialog.getByRole("button", { name: "Change" }).click();
    await dialog.getByText("The station took the value").waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await page.getByRole("row", { name: /HeartbeatInterval 77/ }).waitFor();
    await watched.picture("station-configuration");
    assert.deepEqual(await watched.accessibility(), []);
  });

  await step("a command shows the JSON it sends and the answer it gets", async () => {
    await page.getByRole("tab", { name: "Commands" }).click();
    await page.getByRole("button", { name: /Ask for a message/ }).click();
    await page.getByLabel("Will be sent").getByText('"requestedMessage": "StatusNotification"').waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).click();
    const log = page.getByRole("region", { name: "Sent from here" });
    await log.getByText("Answered", { exact: true }).waitFor();
    await log.getByText('"status": "Accepted"').waitFor();
    await page.getByRole("button", { name: /Any OCPP call/ }).click();
    await page.getByLabel("Payload (JSON)").fill("{ not json");
    await page.getByText(/Not valid JSON/).waitFor();
    assert.ok(await page.getByRole("button", { name: "Send", exact: true }).isDisabled());
    await watched.picture("station-commands");
    assert.deepEqual(await watched.accessibility(), []);
  });

  await step("the station's events tell of its boot", async () => {
    await page.getByRole("tab", { name: "Events" }).click();
    await page.getByRole("cell", { name: /boot/i }).first().waitFor();
  });

  await step("stop in the page: observed, and the session is in the list with its energy", async () => {
    await page.getByRole("tab", { name: "Sessions" }).click();
    await eventually(async () => /\d+\.\d+ kWh/.test(await connector(1).innerText()), "energy on the tile");
    await control(station.control, "GET", "/state");
    await eventually(async () => !/\b0\.00 kWh/.test(await connector(1).innerText()), "some energy");
    await connector(1).getByRole("button", { name: "Stop on connector 1" }).click();
    const progress = connector(1).getByRole("status");
    await progress.getByText(/^Session ended \(/).waitFor();
    const row = page.getByRole("row", { name: new RegExp(token) }).first();
    await row.getByText("Ended").waitFor();
    await row.getByText("Stopped remotely").waitFor();
    const energy = Number(/(\d+\.\d+) kWh/.exec(await row.innerText())?.[1]);
    assert.ok(energy > 0, `energy ${energy} kWh`);
    await watched.picture("station-stopped");
    await row.getByRole("link").first().click();
    await page.getByText("Meter at end").waitFor();
    for (const name of ["Power", "Energy", "State of charge"]) {
      await page.getByRole("figure", { name, exact: true }).waitFor();
    }
    await watched.picture("session");
    assert.deepEqual(await watched.accessibility(), []);
    const csv = await page.request.get(`${csms.base}/api/v1/sessions.csv`);
    assert.match(await csv.text(), new RegExp(token));
  });

  await step("a card at the station shows on the fleet page without a reload, and so does a fault", async () => {
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    const tile = page.getByRole("article", { name: "Front yard" });
    await control(station.control, "POST", "/evse/2/plug", { soc: 20, capacity_wh: 40_000, max_current: 16, phases: 1 });
    await control(station.control, "POST", "/evse/2/swipe", { token });
    await tile.getByText("Charging", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Charging 1/ }).click();
    assert.equal(url().searchParams.get("state"), "charging");
    await tile.getByText(/kWh/).waitFor();
    await watched.picture("fleet-charging");
    assert.deepEqual(await watched.accessibility(), []);
    await page.getByRole("button", { name: /^All/ }).click();
    await control(station.control, "POST", "/evse/2/fault", { code: "GroundFailure" });
    await tile.getByText("Faulted").waitFor();
    await tile.getByText("Ground failure").waitFor();
    await control(station.control, "DELETE", "/evse/2/fault");
    // The lock opens when the session that the fault ended is durable.
    await eventually(
      async () => (await control(station.control, "GET", "/state")).hardware.evses[1].locked === false,
      "the cable is unlocked",
    );
    await control(station.control, "POST", "/evse/2/unplug");
    await eventually(async () => (await tile.getByText("Faulted").count()) === 0, "the fault is gone");
  });

  await step("German and dark are a click each and outlast a reload", async () => {
    await page.getByRole("button", { name: "Language" }).click();
    await page.getByRole("menuitem", { name: "Deutsch" }).click();
    await page.getByRole("heading", { name: "Flotte" }).waitFor();
    await page.getByRole("button", { name: "Hell oder dunkel" }).click();
    await page.getByRole("menuitem", { name: "Dunkel" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "Flotte" }).waitFor();
    assert.equal(await page.getAttribute("html", "lang"), "de");
    assert.equal(await page.getAttribute("html", "data-mantine-color-scheme"), "dark");
    assert.deepEqual(await watched.accessibility(), []);
    await watched.picture("fleet-german-dark");
    await page.getByRole("link", { name: "Front yard" }).click();
    await page.getByRole("tab", { name: "Nachrichten" }).click();
    await page.getByRole("grid", { name: "Nachrichten" }).waitFor();
    await watched.picture("station-german-dark");
    assert.deepEqual(await watched.accessibility(), []);
    await page.getByRole("button", { name: "Sprache" }).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await page.getByRole("button", { name: "Language" }).waitFor();
  });

  await step("the keyboard alone reaches and opens a station", async () => {
    await go("/");
    await page.getByRole("link", { name: "Front yard" }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
    await page.keyboard.press("Enter");
    const reached = async () => {
      await page.keyboard.press("Tab");
      return page.evaluate(() => document.activeElement?.textContent === "Front yard");
    };
    await eventually(reached, "the tile has the focus");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Front yard" }).waitFor();
  });

  await step("on a phone nothing is cut off", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/", `/stations/${identity}`, "/sessions", "/tokens", "/admin/account"]) {
      await go(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(wider <= 0, `${path} is ${wider} px too wide`);
    }
    await go("/");
    await page.getByRole("article", { name: "Front yard" }).waitFor();
    await watched.picture("fleet-phone");
    await page.setViewportSize({ width: 1360, height: 900 });
  });

  await step("a password is set", async () => {
    await go("/admin/account");
    await page.getByLabel(/^New password(?! again)/).fill(own_password);
    await page.getByLabel("New password again").fill(own_password);
    await page.getByRole("button", { name: "Set password" }).last().click();
    await page.getByText("The password is set.").waitFor();
    for (const tab of ["People", "API keys", "Audit log", "About"]) {
      await page.getByRole("tab", { name: tab }).click();
      await page.getByRole("tabpanel", { name: tab }).waitFor();
    }
  });

  await step("so far: no error in the console, nothing asked of anyone else", () => {
    assert.deepEqual(watched.problems, []);
    assert.deepEqual(watched.outside, []);
    assert.ok(watched.requests > 50, `${watched.requests} requests seen`);
  });

  await step("when the server goes away the page says so, and picks up again", async () => {
    watched.expecting_failures = true;
    await go(`/stations/${identity}`);
    await page.getByRole("heading", { name: "Front yard" }).waitFor();
    const http_port = Number(new URL(csms.base).port);
    const ocpp_port = Number(new URL(csms.stations).port);
    await csms.program.stop();
    await page.getByText("The connection to the server is interrupted.").waitFor();
    await watched.picture("interrupted");
    csms = await programs.csms({ http_port, ocpp_port });
    // Logins do not outlive the server.
    const user = page.getByLabel(/^User/);
    await user.waitFor();
    await user.fill("admin");
    await page.getByLabel(/^Password/).fill(own_password);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("heading", { name: "Front yard" }).waitFor();
    assert.equal(url().pathname, `/stations/${identity}`);
    await page.getByText("Online", { exact: true }).waitFor({ timeout: 180_000 });
  });

  await step("logging out ends it", async () => {
    await page.getByRole("button", { name: "Account admin" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    const refused = await page.request.get(`${csms.base}/api/v1/stations`);
    assert.equal(refused.status(), 401);
  });
}

await test("a person at the dashboard", async (context) => {
  steps = context;
  programs = new Programs(process.env.LADESTROM_BIN);
  try {
    csms = await programs.csms();
    browser = await launch();
    watched = await WatchedPage.open(browser, csms.base, process.env.LADESTROM_PICTURES);
    page = watched.page;
    await everything();
  } finally {
    await browser?.close();
    await programs.stop();
  }
});
