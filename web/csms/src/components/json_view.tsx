// JSON indented and readable; what is not JSON is shown as it came.
import classes from "./json_view.module.css";

export function JsonView({ value, label }: { value: unknown; label: string }) {
  return (
    <pre className={classes.json} aria-label={label} tabIndex={0}>
      {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
    </pre>
  );
}
