// How a client is connected: its endpoint, its token, its steps, and the line that turns green.

import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import { serviceUrl } from '../../api/client.ts'
import type { Token } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Section } from '../../parts/section.tsx'
import { ArrivalLine } from './arrival-line.tsx'
import { ClientChoice } from './client-choice.tsx'
import { clientIdOf, clients, isServed, type ClientId } from './clients.ts'
import { guideOf } from './guide.ts'
import { addressOf, registryOf, splitPrefix } from './place.ts'
import { noToken } from './step.ts'
import { Steps } from './steps.tsx'
import { TokenPart } from './token-part.tsx'
import { Where, type Typed } from './where.tsx'

const about = 'Choose the client, make a token for it, take the values over. The last line says when it has called.'

export function Connect() {
  const { service } = useSession()
  const [, navigate] = useLocation()
  const asked = clientIdOf(new URLSearchParams(useSearch()).get('client'))
  const id = asked !== undefined && isServed(asked, service) ? asked : undefined
  return (
    <>
      <PageHead title="Connect" about={about} />
      <Section title="Client">
        <ClientChoice id={id} onChoose={(next) => navigate(`/connect?client=${next}`)} />
      </Section>
      <Connecting id={id} />
    </>
  )
}

/** Stays while one looks at another client, so that a token that was made is not lost. */
function Connecting({ id }: { readonly id: ClientId | undefined }) {
  const { service } = useSession()
  const [typed, setTyped] = useState<Typed>(() => {
    const [address, prefix] = splitPrefix(serviceUrl, service.path_prefixes)
    return { address, prefix, registry: 'registry.example.com' }
  })
  const [made, setMade] = useState<Partial<Record<ClientId, Token>>>({})
  if (id === undefined) return null
  const token = made[id]
  return (
    <>
      <Box
        sx={{
          display: 'grid',
          columnGap: 2,
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <Section title="Address">
          <Where id={id} typed={typed} onChange={setTyped} />
        </Section>
        <Section title="A token for it">
          <TokenPart key={id} id={id} made={token} onMade={(fresh) => setMade((now) => ({ ...now, [id]: fresh }))} />
        </Section>
      </Box>
      <Section title={`Steps: ${clients[id].name}`}>
        <Guide id={id} typed={typed} token={token?.token ?? noToken} />
      </Section>
      <Section title="First call">
        {token === undefined ? (
          <Typography color="textSecondary">
            Make the token first: its first call is what this line waits for.
          </Typography>
        ) : (
          <ArrivalLine key={token.id} id={id} tokenId={token.id} />
        )}
      </Section>
    </>
  )
}

interface GuideProps {
  readonly id: ClientId
  readonly typed: Typed
  readonly token: string
}

function Guide({ id, typed, token }: GuideProps) {
  const { service } = useSession()
  const address = addressOf(typed.address)
  const registry = registryOf(typed.registry)
  if (address === undefined || registry === undefined) {
    return <Typography>The steps come as soon as the address can be used.</Typography>
  }
  return <Steps steps={guideOf(id, { address: address + typed.prefix, token, service, registry })} />
}
