// A part of the address, decoded once and wholly. The router's own parameters went through decodeURI, which leaves
// "%2F", "%3A" and the like as they are: a station named CP:1 would not be found.
export function pathSegment(path: string, index: number): string {
  const part = path.split("/")[index] ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
