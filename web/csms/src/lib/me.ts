// Who is logged in and what they may do.
import { createContext, useContext } from "react";
import type { Me, Scope } from "../api/types";

export const MeContext = createContext<Me | undefined>(undefined);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (me === undefined) {
    throw new Error("useMe outside a login");
  }
  return me;
}

const rank: Record<Scope, number> = { read: 0, operate: 1, admin: 2 };

export function allows(scope: Scope, needed: Scope): boolean {
  return rank[scope] >= rank[needed];
}

export function useMay(needed: Scope): boolean {
  return allows(useMe().scope, needed);
}
