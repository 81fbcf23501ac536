// Who is logged in decides what is shown: the login page, or the pages by their address. The address stays the
// same over a login, so nothing typed or linked is lost.
import { Center, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { ApiError } from "./api/client";
import { queries } from "./api/queries";
import { Failure } from "./components/failure";
import { Shell } from "./components/shell";
import { MeContext } from "./lib/me";
import { pathSegment } from "./lib/path_segment";
import { startLive } from "./live/live";

const FleetPage = lazy(() => import("./pages/fleet/fleet"));
const StationPage = lazy(() => import("./pages/station/station"));
const SessionsPage = lazy(() => import("./pages/sessions/sessions"));
const SessionPage = lazy(() => import("./pages/sessions/session"));
const TokensPage = lazy(() => import("./pages/tokens/tokens"));
const LoginPage = lazy(() => import("./pages/login"));
const NotFoundPage = lazy(() => import("./pages/not_found"));
const AdminPage = lazy(() => import("./pages/admin/admin"));

const waiting = (
  <Center h="60vh">
    <Loader />
  </Center>
);

function Pages() {
  const client = useQueryClient();
  useEffect(() => startLive(client), [client]);
  return (
    <Shell>
      <Suspense fallback={waiting}>
        <Switch>
          <Route path="/" component={FleetPage} />
          <Route path="/stations/:id/:tab?">
            {({ tab }) => {
              const id = pathSegment(window.location.pathname, 2);
              return <StationPage key={id} id={id} tab={tab ?? "sessions"} />;
            }}
          </Route>
          <Route path="/sessions" component={SessionsPage} />
          <Route path="/sessions/:id">{({ id }) => <SessionPage key={id} id={id} />}</Route>
          <Route path="/tokens" component={TokensPage} />
          <Route path="/admin/:tab?">{({ tab }) => <AdminPage tab={tab ?? "account"} />}</Route>
          <Route path="/login">
            <Redirect to="/" replace />
          </Route>
          <Route component={NotFoundPage} />
        </Switch>
      </Suspense>
    </Shell>
  );
}

export function App() {
  const me = useQuery(queries.me());
  const [location] = useLocation();
  const has_code = location === "/login" && new URLSearchParams(window.location.search).has("code");
  if (has_code || (me.error instanceof ApiError && me.error.status === 401)) {
    return (
      <Suspense fallback={waiting}>
        <LoginPage />
      </Suspense>
    );
  }
  if (me.data) {
    return (
      <MeContext value={me.data}>
        <Pages />
      </MeContext>
    );
  }
  return me.error ? (
    <Center h="100vh" p="md">
      <Failure error={me.error} retry={() => void me.refetch()} />
    </Center>
  ) : (
    waiting
  );
}
