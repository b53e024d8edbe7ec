// By which address the client finds this service, which may be another than the browser's.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import TextField from '@mui/material/TextField'
import { useSession } from '../../app/session.tsx'
import { clients, type ClientId } from './clients.ts'
import { addressOf, isLoopback, prefixWords, registryOf } from './place.ts'

/** As it is typed. */
export interface Typed {
  readonly address: string
  /** One of the service's, or ''. */
  readonly prefix: string
  readonly registry: string
}

interface WhereProps {
  readonly id: ClientId
  readonly typed: Typed
  readonly onChange: (typed: Typed) => void
}

export function Where({ id, typed, onChange }: WhereProps) {
  const { service } = useSession()
  const address = addressOf(typed.address)
  return (
    <Box sx={{ display: 'grid', gap: 2, pt: 1 }}>
      <TextField
        label="Address"
        value={typed.address}
        onChange={(event) => onChange({ ...typed, address: event.target.value })}
        error={address === undefined}
        helperText={
          address === undefined
            ? 'Begin with http:// or https://, and leave out user, query and odd characters.'
            : 'As this browser reaches it. Change it where the client reaches it by another name.'
        }
        slotProps={{ htmlInput: { inputMode: 'url', spellCheck: false, autoCapitalize: 'none' } }}
      />
      {service.path_prefixes.length > 0 && (
        <TextField
          select
          label="Path prefix"
          value={typed.prefix}
          onChange={(event) => onChange({ ...typed, prefix: event.target.value })}
          helperText="Which clusters a call is for that names none itself."
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">none, for all clusters</option>
          {service.path_prefixes.map((prefix) => (
            <option key={prefix.path} value={prefix.path}>
              {prefixWords(prefix)}
            </option>
          ))}
        </TextField>
      )}
      {id === 'containerd' && <Registry typed={typed} onChange={onChange} />}
      {address !== undefined && isLoopback(address) && clients[id].harborToken !== undefined && (
        <Alert severity="warning">
          Only this machine is reached by this address. A Harbor in a container or on another machine needs another one,
          such as http://host.docker.internal:8080, and WARMFRONT_HOST=0.0.0.0 to be listened to.
        </Alert>
      )}
    </Box>
  )
}

function Registry({ typed, onChange }: Omit<WhereProps, 'id'>) {
  const isWrong = registryOf(typed.registry) === undefined
  return (
    <TextField
      label="Registry"
      value={typed.registry}
      onChange={(event) => onChange({ ...typed, registry: event.target.value })}
      error={isWrong}
      helperText={isWrong ? 'A host, perhaps with a port.' : 'As the names of the images begin that nodes pull.'}
      slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
    />
  )
}
