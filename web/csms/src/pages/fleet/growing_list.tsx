// A long list drawn in portions: the next one when its end comes into view. Thousands of stations stay quick.
import { useEffect, useRef, useState, type ReactNode } from "react";

const portion = 90;

export function useGrowingList<T>(items: readonly T[]): { shown: T[]; sentinel: ReactNode } {
  const [count, setCount] = useState(portion);
  const end = useRef<HTMLDivElement>(null);
  const more = items.length > count;
  useEffect(() => {
    if (!more || end.current === null) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) {
          setCount((before) => before + portion);
        }
      },
      { rootMargin: "600px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more, count]);
  return { shown: items.slice(0, count), sentinel: more ? <div ref={end} aria-hidden /> : null };
}
