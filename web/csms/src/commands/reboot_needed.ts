// Which configuration keys were changed and wait for a restart of the station. Kept over a reload.
const key_of = (station: string) => `ladestrom.reboot-needed.${station}`;

interface Kept {
  since: number;
  keys: string[];
}

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;

// A boot after the change has put it in force.
export function rebootNeeded(storage: Storage, station: string, last_boot: string | null): string[] {
  const text = storage.getItem(key_of(station));
  if (text === null) {
    return [];
  }
  const kept = JSON.parse(text) as Kept;
  if (last_boot !== null && Date.parse(last_boot) > kept.since) {
    storage.removeItem(key_of(station));
    return [];
  }
  return kept.keys;
}

export function noteRebootNeeded(storage: Storage, station: string, key: string, last_boot: string | null, now: number): void {
  const keys = new Set([...rebootNeeded(storage, station, last_boot), key]);
  storage.setItem(key_of(station), JSON.stringify({ since: now, keys: [...keys] } satisfies Kept));
}
