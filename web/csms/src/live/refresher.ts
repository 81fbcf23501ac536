// Reading anew what events do not carry: at most once in a while however many events ask for it, and never so that a
// newer wish breaks off what is being read.
export class Refresher {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly wait_ms: number,
    private readonly read: () => void,
  ) {}

  ask(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.read();
    }, this.wait_ms);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
