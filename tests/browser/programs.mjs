// Starts the real programs for a test: a central system and stations, each with its own state folder, on ports
// that are free. What is started here is ended here.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const start_ms = 60_000;
const stop_ms = 20_000;

class Program {
  constructor(name, command, args) {
    this.name = name;
    this.output = "";
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.ended = new Promise((resolve) => this.child.on("close", (code, signal) => resolve(code ?? signal)));
    this.child.on("error", (error) => (this.output += String(error)));
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on("data", (data) => (this.output += data));
    }
  }

  // The first group of the pattern, once the program has printed it.
  async says(pattern) {
    const end = Date.now() + start_ms;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match) {
        return match[1];
      }
      if (this.child.exitCode !== null || Date.now() > end) {
        throw new Error(`${this.name} did not print ${pattern}; it printed:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), stop_ms);
      await this.ended;
      clearTimeout(timer);
    }
    return this.ended;
  }
}

const text = (value) => JSON.stringify(value); // a TOML basic string for what we write

export class Programs {
  constructor(bin) {
    this.bin = bin;
    this.folder = mkdtempSync(join(tmpdir(), "ladestrom-browser-"));
    this.running = [];
  }

  run(name, program, config) {
    const file = join(this.folder, `${name}.toml`);
    writeFileSync(file, config);
    const started = new Program(name, join(this.bin, program), ["--config", file]);
    this.running.push(started);
    return started;
  }

  // Ports of 0 mean any free one.
  async csms({ http_port = 0, ocpp_port = 0 } = {}) {
    mkdirSync(join(this.folder, "csms"), { recursive: true });
    const program = this.run(
      "csms",
      "ladestrom-csms",
      `state_directory = ${text(join(this.folder, "csms"))}\n[http]\nport = ${http_port}\n[ocpp]\nport = ${ocpp_port}\n`,
    );
    const base = await program.says(/(https?:\/\/\S+?)\/?\n/);
    const stations = await program.says(/(wss?:\/\/[^/\s]+)/);
    return { program, base, stations, link: () => program.says(/(https?:\/\/\S+\/login\?code=\S+)/) };
  }

  async station({ identity, url, password, evses = 2, keys = {} }) {
    const state = join(this.folder, identity);
    const lines = [
      `url = ${text(`${url}/${identity}`)}`,
      `basic_password = ${text(password)}`,
      `state_directory = ${text(state)}`,
      'vendor = "Ladestrom"',
      'model = "Browser test"',
      'firmware_version = "1.2.3"',
      "[control]",
      "port = 0",
      ...Array.from({ length: evses }, () => '[[evse]]\nmax_current = 16.0\nphases = 3\nreports_soc = true'),
      "[keys]",
      ...Object.entries(keys).map(([name, value]) => `${name} = ${text(value)}`),
    ];
    const program = this.run(identity, "ladestrom-station", lines.join("\n") + "\n");
    return { program, control: await program.says(/control port (http:\/\/\S+)/) };
  }

  async stop() {
    await Promise.all(this.running.map((program) => program.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// What a person or a car does to a simulated station.
export async function control(base, method, path, body) {
  const response = await fetch(base + path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  }
  return answer;
}
