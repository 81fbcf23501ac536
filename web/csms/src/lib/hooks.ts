// Small hooks that several pages share.
import { useCallback, useEffect, useState } from "react";
import { useSearchParams } from "wouter";

// The time now, renewed every `period_ms`; for elapsed times.
export function useNow(period_ms = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), period_ms);
    return () => clearInterval(timer);
  }, [period_ms]);
  return now;
}

// One value of the query string, so that a reload or a shared link shows the same. Empty means absent.
export function useUrlValue(name: string): [string, (value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParameters(
        (previous) => {
          const next = new URLSearchParams(previous);
          if (value === "") {
            next.delete(name);
          } else {
            next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [name, setParameters],
  );
  return [parameters.get(name) ?? "", set];
}

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Ladestrom" : `${title} · Ladestrom`;
  }, [title]);
}
