// Attack: a station whose every text is a program for a browser. The pages show the texts as texts; no script runs,
// nothing is loaded, and the content security policy has nothing to stop.
//   LADESTROM_BIN       folder of the programs
//   LADESTROM_PICTURES  where screenshots go
import assert from "node:assert/strict";
import { test } from "node:test";
import { Programs } from "./programs.mjs";
import { eventually, launch, WatchedPage } from "./watched_page.mjs";

const identity = "<img src=/ran?1 onerror=alert(1)>";
const stranger = "\"'><script src=/ran?2></script>";
const name = "</title><svg onload=alert(3)>$t(nav.fleet){{7*7}}";
const password = "a-password-of-20-byt";
// As long as the fields that carry them allow: 20, 25, 50 and 255 characters.
const model = "<svg onload=alert(4)>".slice(0, 20);
const serial = "<b onmouseover=alert(5)>";
const firmware = "javascript:alert(6)//<a href=javascript:alert(6)>";
const token = "<img src=/ran?7>";
const info = "<iframe src=javascript:alert(8)>";
const data = "<script>alert(9)</script><img src=/ran?9 onerror=alert(9)>";

class Attacker {
  constructor(url) {
    this.last = 0;
    this.waiting = new Map();
    this.socket = new WebSocket(`${url}/${encodeURIComponent(identity)}`, {
      protocols: ["ocpp1.6"],
      headers: { Authorization: `Basic ${Buffer.from(`${identity}:${password}`).toString("base64")}` },
    });
    this.socket.onmessage = ({ data: text }) => {
      const message = JSON.parse(text);
      if (message[0] === 2) {
        this.socket.send(JSON.stringify([4, message[1], "GenericError", data, {}]));
      } else {
        this.waiting.get(message[1])?.(message);
      }
    };
    this.open = new Promise((resolve, reject) => {
      this.socket.onopen = resolve;
      this.socket.onerror = () => reject(new Error("the station was refused"));
    });
  }

  async call(action, payload) {
    const id = `<script>alert(${++this.last})</script>`;
    const answered = new Promise((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify([2, id, action, payload]));
    const answer = await answered;
    assert.equal(answer[0], 3, JSON.stringify(answer));
    return answer[2];
  }
}

async function attack(station) {
  await station.open;
  await station.call("BootNotification", {
    chargePointVendor: model, chargePointModel: model, chargePointSerialNumber: serial, firmwareVersion: firmware,
    meterType: serial, meterSerialNumber: serial, iccid: model,
  });
  const timestamp = new Date().toISOString();
  await station.call("StatusNotification", { connectorId: 1, errorCode: "OtherError", status: "Faulted", info, vendorId: data, vendorErrorCode: info });
  await station.call("Authorize", { idTag: token });
  const { transactionId } = await station.call("StartTransaction", { connectorId: 1, idTag: token, meterStart: 0, timestamp });
  await station.call("MeterValues", { connectorId: 1, transactionId, meterValue: [{ timestamp, sampledValue: [
    { value: "100" }, { value: data, format: "SignedData" }] }] });
  await station.call("StopTransaction", { transactionId, meterStop: 200, timestamp, idTag: token });
  await station.call("DataTransfer", { vendorId: data, messageId: info, data });
  await station.call("SecurityEventNotification", { type: info, timestamp, techInfo: data });
}

test("attack: texts of a station that are programs for a browser", async () => {
  const programs = new Programs(process.env.LADESTROM_BIN);
  let browser, station;
  try {
    const csms = await programs.csms();
    browser = await launch();
    const watched = await WatchedPage.open(browser, csms.base, process.env.LADESTROM_PICTURES);
    const page = watched.page;
    const ran = [];
    page.on("dialog", (dialog) => {
      ran.push(`alert(${dialog.message()})`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (new URL(request.url()).pathname === "/ran") {
        ran.push(request.url());
      }
    });
    watched.expecting_failures = true; // the browser reports the 401 of the first visit
    await page.goto(await csms.link());
    await page.getByRole("heading", { name: "Fleet", exact: true }).waitFor();
    watched.expecting_failures = false;

    const put = async (path, body) => {
      const answer = await page.request.put(`${csms.base}/api/v1${path}`, { data: body, headers: { "X-Requested-With": "test" } });
      assert.equal(answer.status(), 200, await answer.text());
    };
    await put(`/stations/${encodeURIComponent(identity)}`, { admission: "accepted", password, security_profile: 1, name });
    await put(`/tokens/${encodeURIComponent(token)}`, { status: "Accepted", note: data });
    await fetch(`${csms.base}/api/v1/health`);
    await new Promise((resolve) => {
      const refused = new WebSocket(`${csms.stations}/${encodeURIComponent(stranger)}`, ["ocpp1.6"]);
      refused.onerror = resolve;
    });
    station = new Attacker(csms.stations);
    await attack(station);

    // Seen as text, on every page that shows it.
    const shows = async (path, ...texts) => {
      await page.goto(csms.base + path);
      for (const text of texts) {
        await eventually(async () => (await page.locator("body").innerText()).includes(text), `${path} shows ${text}`);
      }
      await page.waitForTimeout(100);
      assert.deepEqual(ran, [], path);
    };
    const at = `/stations/${encodeURIComponent(identity)}`;
    await shows("/", name, stranger, model);
    await watched.picture("injection-fleet");
    await shows(at, name, identity, serial, firmware);
    await shows(`${at}/messages`, "DataTransfer");
    await page.getByRole("row", { name: /DataTransfer/ }).first().click();
    await eventually(async () => (await page.locator("body").innerText()).includes("alert(9)"), "the trace shows the data");
    await watched.picture("injection-trace");
    await shows(`${at}/events`, data);
    await shows(`${at}/commands`);
    await shows(`${at}/configuration`);
    await shows("/sessions", token);
    const sessions = await (await page.request.get(`${csms.base}/api/v1/sessions`)).json();
    await shows(`/sessions/${sessions.items[0].id}`, identity, token);
    await shows("/tokens", token, data);
    await shows("/admin/audit");
    assert.equal(await page.locator("img[src^='/ran'], script[src^='/ran'], iframe, svg[onload]").count(), 0);

    // Live, into a page that is open.
    await page.goto(csms.base + at);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await station.call("StatusNotification", { connectorId: 1, errorCode: "OtherError", status: "Faulted", info: "<img src=/ran?live>" });
    await page.waitForTimeout(500);

    assert.deepEqual(ran, []);
    assert.deepEqual(watched.problems, []);
    assert.deepEqual(watched.outside, []);
  } finally {
    station?.socket.close();
    await browser?.close();
    await programs.stop();
  }
});
