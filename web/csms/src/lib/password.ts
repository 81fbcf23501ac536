// Passwords of stations: OCPP 1.6 wants 16 to 20 bytes (security whitepaper, AuthorizationKey).
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"; // none that look alike
export const station_password_length = 20;

export function newStationPassword(random: (bytes: Uint8Array) => Uint8Array = (bytes) => crypto.getRandomValues(bytes)): string {
  let text = "";
  while (text.length < station_password_length) {
    for (const byte of random(new Uint8Array(32))) {
      // Bytes past the last full multiple are dropped, else early letters would be likelier.
      if (byte < 256 - (256 % letters.length) && text.length < station_password_length) {
        text += letters[byte % letters.length];
      }
    }
  }
  return text;
}

export function passwordBytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
