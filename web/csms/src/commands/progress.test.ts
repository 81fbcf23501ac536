import { describe, expect, it } from "vitest";
import { advance, sent, settled, type CommandEvent } from "./progress";

const yes: CommandEvent = { kind: "answered", at: 2, status: "Accepted", positive: true, awaits_effect: true };
const seen: CommandEvent = { kind: "observed", at: 3 };
const after = (...events: CommandEvent[]) => events.reduce(advance, sent(1));

describe("a command", () => {
  it("goes from sent over accepted to observed", () => {
    expect(after().phase).toBe("sending");
    expect(after(yes)).toMatchObject({ phase: "accepted", answered_at: 2, status: "Accepted" });
    expect(after(yes, seen)).toMatchObject({ phase: "observed", observed_at: 3 });
  });
  it("may be observed before it is answered", () => {
    expect(after(seen).phase).toBe("sending");
    expect(after(seen, yes)).toMatchObject({ phase: "observed", observed_at: 3, answered_at: 2 });
  });
  it("is done with the answer when there is no effect to await", () => {
    expect(after({ ...yes, awaits_effect: false }).phase).toBe("observed");
  });
  it("ends when refused, whatever is seen later", () => {
    const no: CommandEvent = { ...yes, status: "Rejected", positive: false };
    expect(after(no).phase).toBe("refused");
    expect(after(no, seen).phase).toBe("refused");
  });
  it("tells a refusal from a failure", () => {
    expect(after({ kind: "failed", at: 2, error: "x", refused: true }).phase).toBe("refused");
    expect(after({ kind: "failed", at: 2, error: "x", refused: false }).phase).toBe("failed");
    expect(after(yes, { kind: "failed", at: 3, error: "x", refused: false }).phase).toBe("accepted");
  });
  it("says so when nothing happens, and believes its eyes later", () => {
    const waited: CommandEvent = { kind: "waited", at: 60 };
    expect(after(waited).phase).toBe("sending");
    expect(after(yes, waited).phase).toBe("unobserved");
    expect(after(yes, waited, seen).phase).toBe("observed");
  });
  it("is settled when nothing more is awaited", () => {
    expect([after(), after(yes), after(yes, seen)].map(settled)).toEqual([false, false, true]);
  });
});
