// One stream of server-sent events that heals itself. EventSource retries a lost connection but gives up on an
// HTTP refusal, and a browser allows six connections per server: hence own retries, and none while hidden.
const first_retry_ms = 1_000;
const last_retry_ms = 15_000;
const hidden_ms = 60_000;

export type StreamState = "connecting" | "open" | "lost";

export interface StreamHandlers {
  events: Record<string, (data: unknown) => void>;
  on_state(state: StreamState, first: boolean): void; // first: no connection was open before
}

export class Stream {
  private source: EventSource | undefined;
  private retry_ms = first_retry_ms;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private hidden_timer: ReturnType<typeof setTimeout> | undefined;
  private was_open = false;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly handlers: StreamHandlers,
  ) {
    document.addEventListener("visibilitychange", this.on_visibility);
    this.connect();
  }

  close(): void {
    this.closed = true;
    document.removeEventListener("visibilitychange", this.on_visibility);
    clearTimeout(this.timer);
    clearTimeout(this.hidden_timer);
    this.source?.close();
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.handlers.on_state("connecting", !this.was_open);
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener("open", () => {
      this.retry_ms = first_retry_ms;
      this.handlers.on_state("open", !this.was_open);
      this.was_open = true;
    });
    source.addEventListener("error", () => {
      source.close();
      if (!this.closed && this.source === source) {
        this.handlers.on_state("lost", !this.was_open);
        this.timer = setTimeout(() => this.connect(), this.retry_ms);
        this.retry_ms = Math.min(this.retry_ms * 2, last_retry_ms);
      }
    });
    for (const [name, handle] of Object.entries(this.handlers.events)) {
      source.addEventListener(name, (event) => handle(JSON.parse((event as MessageEvent<string>).data)));
    }
  }

  private readonly on_visibility = (): void => {
    clearTimeout(this.hidden_timer);
    if (document.hidden) {
      this.hidden_timer = setTimeout(() => {
        clearTimeout(this.timer);
        this.source?.close();
        this.source = undefined;
      }, hidden_ms);
    } else if (this.source === undefined || this.source.readyState === EventSource.CLOSED) {
      this.retry_ms = first_retry_ms;
      this.connect();
    }
  };
}
