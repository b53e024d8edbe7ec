// Who holds an image: asks the peers of a cluster, and shows how much of it each has.

import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Table from '@mui/material/Table'
import TableBody from '@mui/material/TableBody'
import TableCell from '@mui/material/TableCell'
import TableContainer from '@mui/material/TableContainer'
import TableHead from '@mui/material/TableHead'
import TableRow from '@mui/material/TableRow'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useMemo, useState } from 'react'
import { ApiFailure, messageOf } from '../../api/failure.ts'
import { monospace } from '../../app/theme.ts'
import { count, shortDigest } from '../../format.ts'
import { Section } from '../../parts/section.tsx'
import { useDistribution, type Question } from './data.ts'
import { holdersOf, type Holder, type Holders } from './holders.ts'

/** More names of missing layers than these say no more. */
const mostNamed = 6
/** Peers in one answer that are shown; a thousand with all of it are said in a sentence. */
const mostRows = 50

export function HoldersSection({ clusterId }: { readonly clusterId: number }) {
  const [question, setQuestion] = useState<Question>({ url: '', platform: '' })
  const asking = useDistribution(clusterId)
  const at = (field: string): string | undefined =>
    asking.error instanceof ApiFailure ? asking.error.fields.get(field) : undefined
  const holders = useMemo(() => asking.data && holdersOf(asking.data), [asking.data])
  const [url, platform] = [at('args.url'), at('args.platform')]
  const submit = (event: { preventDefault(): void }): void => {
    event.preventDefault()
    asking.mutate({ url: question.url.trim(), platform: question.platform.trim() })
  }
  return (
    <Section title="Who holds an image?">
      <Box
        component="form"
        noValidate
        onSubmit={submit}
        sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'flex-start', gap: 1.5 }}
      >
        <TextField
          label="Image"
          required
          value={question.url}
          onChange={(event) => setQuestion({ ...question, url: event.target.value })}
          error={url !== undefined}
          helperText={url ?? 'registry/name:tag, or the address of its manifest'}
          sx={{ flex: '3 1 18rem' }}
        />
        <TextField
          label="Platform"
          value={question.platform}
          onChange={(event) => setQuestion({ ...question, platform: event.target.value })}
          error={platform !== undefined}
          helperText={platform ?? 'os/arch or all; empty: the cluster’s'}
          sx={{ flex: '1 1 12rem' }}
        />
        <Button type="submit" variant="outlined" loading={asking.isPending} disabled={question.url.trim() === ''}>
          Ask the peers
        </Button>
      </Box>
      <Typography variant="body2" aria-live="polite" sx={{ mt: 1.5, mb: 1, overflowWrap: 'anywhere' }}>
        {asking.isSuccess && holders && inShort(asking.variables, holders)}
      </Typography>
      {asking.isError && url === undefined && platform === undefined && (
        <Alert severity="error">{messageOf(asking.error)}</Alert>
      )}
      {asking.data && holders && <Answer holders={holders} warnings={asking.data.warnings} />}
    </Section>
  )
}

/** Of the image that was asked for; another may stand in the field by now. */
function inShort({ url, platform }: Question, { layers, peers }: Holders): string {
  const complete = peers.filter(({ missing }) => missing.length === 0).length
  const hold = (many: number): string => count(many, 'peer holds', 'peers hold')
  const image = platform === '' ? url : `${url}, ${platform},`
  return (
    `${image} has ${count(layers, 'layer or config', 'layers and configs')}. ` +
    `${hold(complete)} all of it, ${hold(peers.length - complete)} a part.`
  )
}

interface AnswerProps {
  readonly holders: Holders
  readonly warnings: readonly string[]
}

function Answer({ holders: { layers, peers }, warnings }: AnswerProps) {
  return (
    <>
      {warnings.length > 0 && (
        <Alert severity="warning" sx={{ mb: 1.5, overflowWrap: 'anywhere' }}>
          {warnings.map((warning) => (
            <div key={warning}>{warning}</div>
          ))}
        </Alert>
      )}
      {peers.length > 0 && <HoldersTable layers={layers} peers={peers.slice(0, mostRows)} />}
      {peers.length > mostRows && (
        <Typography variant="body2" sx={{ mt: 1 }}>
          {`And ${count(peers.length - mostRows, 'peer')} more that hold as much or more.`}
        </Typography>
      )}
    </>
  )
}

const HoldersTable = ({ layers, peers }: { readonly layers: number; readonly peers: readonly Holder[] }) => (
  <TableContainer component="section" tabIndex={0} aria-label="Who holds how much">
    <Table size="small">
      <TableHead>
        <TableRow>
          <TableCell>Peer</TableCell>
          <TableCell>Holds</TableCell>
          <TableCell>Missing</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {peers.map(({ hostname, ip, held, missing }, place) => (
          <TableRow key={place}>
            <TableCell component="th" scope="row" sx={{ overflowWrap: 'anywhere' }}>
              {ip === '' || ip === hostname ? hostname : `${hostname} (${ip})`}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>{`${held} of ${layers}`}</TableCell>
            <TableCell sx={{ fontFamily: monospace, fontSize: '0.8rem' }}>
              {missing.length === 0 ? '–' : missing.slice(0, mostNamed).map(shortDigest).join(' ')}
              {missing.length > mostNamed && ` and ${missing.length - mostNamed} more`}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  </TableContainer>
)
