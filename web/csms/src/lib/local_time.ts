// Between the API's UTC times and the text of a datetime-local input.
export function localTimeText(time: string | null): string {
  if (time === null) {
    return "";
  }
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function timeFromLocalText(text: string): string | null {
  return text === "" ? null : new Date(text).toISOString();
}
