// Who is signed in: a personal access token, kept for this tab only, and what it may do.

import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react'
import { dataOf, makeClient, type Client } from '../api/client.ts'
import type { Caller, Scope, Service } from '../api/types.ts'
import { ApiFailure } from '../api/failure.ts'
import { SignIn } from '../pages/sign-in/sign-in.tsx'
import { Waiting } from '../parts/waiting.tsx'

export interface Session {
  readonly api: Client
  readonly caller: Caller
  readonly service: Service
  /** Whether the token has this scope. What it may not do is not offered. */
  readonly may: (scope: Scope) => boolean
  readonly signOut: () => void
}

/** The tab's own storage: it is gone with the tab, and no other tab sees it but a copy of this one. */
const keptAs = 'warmfront.token'

const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = use(SessionContext)
  if (session === undefined) throw new Error('useSession is for what stands inside SessionGate')
  return session
}

interface Signed {
  readonly token: string
  /** Nothing that one token was shown may be seen with the next one. */
  readonly cache: QueryClient
}

/** Shows the page to sign in to, or what is inside of it once somebody has. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const [signed, setSigned] = useState<Signed | undefined>(() => signedWith(sessionStorage.getItem(keptAs)))
  const [why, setWhy] = useState('')
  const signIn = useCallback((token: string) => {
    sessionStorage.setItem(keptAs, token)
    setWhy('')
    setSigned(signedWith(token))
  }, [])
  const signOut = useCallback((reason: string) => {
    sessionStorage.removeItem(keptAs)
    setWhy(reason)
    setSigned(undefined)
  }, [])
  if (signed === undefined) return <SignIn why={why} onToken={signIn} />
  return (
    <QueryClientProvider client={signed.cache}>
      <Admitted token={signed.token} onSignOut={signOut}>
        {children}
      </Admitted>
    </QueryClientProvider>
  )
}

interface AdmittedProps {
  readonly token: string
  readonly onSignOut: (why: string) => void
  readonly children: ReactNode
}

function Admitted({ token, onSignOut, children }: AdmittedProps) {
  const api = useMemo(() => makeClient(token, onSignOut), [token, onSignOut])
  const who = useQuery({
    queryKey: ['whoami'],
    queryFn: () => Promise.all([dataOf(api.GET('/oapi/v1/whoami')), dataOf(api.GET('/oapi/v1/service'))]),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const session = useMemo<Session | undefined>(() => {
    if (who.data === undefined) return undefined
    const [caller, service] = who.data
    return { api, caller, service, may: (scope) => mayDo(caller, scope), signOut: () => onSignOut('') }
  }, [api, who.data, onSignOut])
  if (session !== undefined) return <SessionContext value={session}>{children}</SessionContext>
  return <Waiting error={who.error} onAgain={() => void who.refetch()} onGiveUp={() => onSignOut('')} />
}

/** `job` includes `job:read`. */
const mayDo = (caller: Caller, scope: Scope): boolean =>
  caller.scopes.some((held) => held === scope || `${held}:read` === scope)

function signedWith(token: string | null): Signed | undefined {
  return token === null ? undefined : { token, cache: new QueryClient({ defaultOptions: { queries, mutations } }) }
}

const queries = {
  // A refusal is an answer; only where there was none it is worth asking again.
  retry: (times: number, error: Error) => times < 2 && error instanceof ApiFailure && isPassing(error),
  refetchOnWindowFocus: true,
}

/** What was sent may have a password in it: nothing of it is kept once the page that sent it is gone. */
const mutations = { gcTime: 0 }

const isPassing = ({ status }: ApiFailure): boolean => status === 0 || status === 429 || status >= 500
