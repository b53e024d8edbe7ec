// Everything around the pages: theme, session, navigation, and which page is shown where.

import CssBaseline from '@mui/material/CssBaseline'
import { ThemeProvider } from '@mui/material/styles'
import { lazy, Suspense } from 'react'
import { Redirect, Route, Router, Switch } from 'wouter'
import { Waiting } from '../parts/waiting.tsx'
import { useHash, useHashQuery } from './hash.ts'
import { Layout } from './layout.tsx'
import { Needs } from './needs.tsx'
import { Notices } from './notices.tsx'
import { placesFor } from './places.ts'
import { SessionGate, useSession } from './session.tsx'
import { theme } from './theme.ts'

// Each page comes when it is gone to.
const Preheats = lazy(async () => ({ default: (await import('../pages/preheats/preheats.tsx')).Preheats }))
const Preheat = lazy(async () => ({ default: (await import('../pages/preheat/preheat.tsx')).Preheat }))
const NewPreheat = lazy(async () => ({ default: (await import('../pages/new-preheat/new-preheat.tsx')).NewPreheat }))
const Clusters = lazy(async () => ({ default: (await import('../pages/clusters/clusters.tsx')).Clusters }))
const Cluster = lazy(async () => ({ default: (await import('../pages/clusters/cluster.tsx')).Cluster }))
const Tokens = lazy(async () => ({ default: (await import('../pages/tokens/tokens.tsx')).Tokens }))
const Connect = lazy(async () => ({ default: (await import('../pages/connect/connect.tsx')).Connect }))
const Nowhere = lazy(async () => ({ default: (await import('../pages/nowhere.tsx')).Nowhere }))

export function App() {
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline />
      <Router hook={useHash} searchHook={useHashQuery}>
        <SessionGate>
          <Notices>
            <Layout>
              <Suspense fallback={<Waiting />}>
                <Pages />
              </Suspense>
            </Layout>
          </Notices>
        </SessionGate>
      </Router>
    </ThemeProvider>
  )
}

const Pages = () => (
  <Switch>
    <Route path="/">
      <Begin />
    </Route>
    <Route path="/preheats/new">
      <Needs scope="job">
        <NewPreheat />
      </Needs>
    </Route>
    <Route path="/preheats/:id?">
      {({ id }) => (
        <Needs scope="job:read">{id === undefined ? <Preheats /> : <Preheat key={id} id={Number(id)} />}</Needs>
      )}
    </Route>
    <Route path="/clusters/:id?">
      {({ id }) => (
        <Needs scope="cluster:read">{id === undefined ? <Clusters /> : <Cluster key={id} id={Number(id)} />}</Needs>
      )}
    </Route>
    <Route path="/tokens">
      <Needs scope="personal-access-token">
        <Tokens />
      </Needs>
    </Route>
    <Route path="/connect">
      <Connect />
    </Route>
    <Route>
      <Nowhere />
    </Route>
  </Switch>
)

/** The first page that the token is offered. */
function Begin() {
  const { may } = useSession()
  return <Redirect to={placesFor(may)[0]?.path ?? '/connect'} replace />
}
