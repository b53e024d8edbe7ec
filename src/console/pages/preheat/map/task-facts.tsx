// What is known about a task: how it stands, why it failed, how its being warm is known.

import Alert from '@mui/material/Alert'
import AlertTitle from '@mui/material/AlertTitle'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import type { Task } from '../../../api/types.ts'
import { monospace } from '../../../app/theme.ts'
import { bytesOrNone, duration } from '../../../format.ts'
import { CopyButton } from '../../../parts/copy.tsx'
import { Fact } from '../../../parts/fact.tsx'
import { Time } from '../../../parts/time.tsx'
import { Sign } from './legend.tsx'
import type { Letter } from './states.ts'
import { bytesOf, movedOf, proofOf, sourceOf } from './task-words.ts'

const signs = {
  waiting: 'q',
  running: 'r',
  warm: 'w',
  failed: 'f',
  cancelled: 'c',
} as const satisfies Record<Task['state'], Letter>

export const TaskFacts = ({ task }: { readonly task: Task }) => (
  <>
    {task.error && (
      <Alert severity="error" variant="outlined" sx={{ mb: 2, overflowWrap: 'anywhere' }}>
        <AlertTitle component="h3">{task.error.message}</AlertTitle>
        {task.error.hint}
        <Typography variant="caption" component="p" sx={{ mt: 1, fontFamily: monospace }}>
          {task.error.code}
        </Typography>
      </Alert>
    )}
    <Box component="dl" sx={list}>
      <Fact name="State">
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <Sign letter={signs[task.state]} />
          {task.state}
        </Box>
      </Fact>
      <Fact name="At the peer">{bytesOf(task)}</Fact>
      <Fact name="Size">{bytesOrNone(task.blob.size)}</Fact>
      <Fact name="Came from">{sourceOf(task)}</Fact>
      <Fact name="Moved">{movedOf(task)}</Fact>
      <Fact name="Proof">{proofOf(task)}</Fact>
      <Fact name="Attempts">{task.attempts}</Fact>
      <Fact name="Started">
        <Moment at={task.started_at} />
      </Fact>
      <Fact name="Ended">
        <Moment at={task.ended_at} />
      </Fact>
      <Fact name="Duration">{task.duration_ms === null ? '–' : duration(task.duration_ms)}</Fact>
      <Fact name="Peer">
        {task.peer.hostname}
        <Exact text={[task.peer.address || task.peer.ip, task.peer.location].filter(Boolean).join(' · ')} />
      </Fact>
      <Fact name="Digest">
        <Name what="the digest" text={task.digest ?? task.blob.digest} />
      </Fact>
      <Fact name="Media type">
        <Exact text={task.blob.media_type || '–'} />
      </Fact>
      <Fact name="Address">
        <Name what="the address" text={task.blob.url} />
      </Fact>
    </Box>
  </>
)

const list = {
  display: 'grid',
  gridTemplateColumns: { xs: '6rem minmax(0, 1fr)', sm: '7rem minmax(0, 1fr)' },
  columnGap: 2,
  rowGap: 1.25,
  m: 0,
}

const Exact = ({ text }: { readonly text: string }) => (
  <Box component="span" sx={{ display: 'block', fontFamily: monospace, fontSize: '0.8rem', overflowWrap: 'anywhere' }}>
    {text}
  </Box>
)

const Name = ({ what, text }: { readonly what: string; readonly text: string | null }) =>
  text === null ? (
    '–'
  ) : (
    <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 0.5 }}>
      <Exact text={text} />
      <CopyButton what={what} text={text} />
    </Box>
  )

const Moment = ({ at }: { readonly at: string | null }) =>
  at === null ? (
    '–'
  ) : (
    <>
      {new Date(at).toLocaleString()} (<Time at={at} />)
    </>
  )
