// What is rarely set: folded away until it is opened, until something in it is wrong, or where a copied job had set it.

import ExpandIcon from '@mui/icons-material/ExpandMore'
import Accordion from '@mui/material/Accordion'
import AccordionDetails from '@mui/material/AccordionDetails'
import AccordionSummary from '@mui/material/AccordionSummary'
import Box from '@mui/material/Box'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useSession } from '../../app/session.tsx'
import { duration, nanosecondsPerMs } from '../../format.ts'
import { ChipsOf } from './chips-of.tsx'
import type { Editing } from './editing.ts'
import { isOption, optionsSet } from './faults.ts'
import type { TimeUnit } from './form.ts'
import { HeaderRows } from './header-rows.tsx'
import { NumberOf, TextOf } from './text-of.tsx'

interface OptionsProps {
  readonly editing: Editing
}

export function Options({ editing }: OptionsProps) {
  const set = optionsSet(editing.form)
  const [isOpened, setOpened] = useState(set > 0)
  // It stays open when what was wrong is being put right.
  if (!isOpened && [...editing.faults.keys()].some(isOption)) setOpened(true)
  return (
    <Accordion
      variant="outlined"
      disableGutters
      expanded={isOpened}
      onChange={(_event, open) => setOpened(open)}
      // Without a movement: a field that is led to while it is on its way would be scrolled within what is half open.
      slotProps={{ heading: { component: 'h2' }, transition: { timeout: 0 } }}
      sx={{ mb: 2, borderRadius: 1, '&::before': { display: 'none' } }}
    >
      <AccordionSummary expandIcon={<ExpandIcon />}>
        <Box component="span" sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, alignItems: 'baseline' }}>
          <Typography component="span" variant="h2">
            Options
          </Typography>
          <Typography component="span" variant="body2" color="textSecondary">
            {set > 0 ? `${set} set` : 'Piece length, limits, task identity, headers'}
          </Typography>
        </Box>
      </AccordionSummary>
      <AccordionDetails sx={{ display: 'grid', gap: 2.5, pt: 1 }}>
        <Limits editing={editing} />
        <Identity editing={editing} />
        <HeaderRows editing={editing} />
      </AccordionDetails>
    </Accordion>
  )
}

const twoColumns = { display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr', sm: '1fr 1fr' } } as const

const Limits = ({ editing }: OptionsProps) => (
  <Box sx={twoColumns}>
    <NumberOf editing={editing} name="pieceLength" label="Piece length" unit="MiB" help="Empty: the peers choose." />
    <NumberOf
      editing={editing}
      name="successPercentage"
      label="Success percentage"
      unit="%"
      help="So many tasks must be warm for the preheat to succeed. Empty: all."
    />
    <NumberOf editing={editing} name="blobsAtOnce" label="Blobs at a time" unit="at one peer" help="Empty: 8." />
    <NumberOf editing={editing} name="peersAtOnce" label="Peers at a time" unit="for one blob" help="Empty: 500." />
    <Timeout editing={editing} />
  </Box>
)

const unitNames: Readonly<Record<TimeUnit, string>> = { s: 'seconds', min: 'minutes', h: 'hours' }
const units: readonly TimeUnit[] = ['s', 'min', 'h']

function Timeout({ editing: { form, faults, edit } }: OptionsProps) {
  const { service } = useSession()
  const usual = duration(service.job_timeout / nanosecondsPerMs)
  const most = duration(service.job_timeout_max / nanosecondsPerMs)
  const fault = faults.get('timeout')
  return (
    <Box sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', gridColumn: '1 / -1' }}>
      <TextField
        label="Timeout"
        autoComplete="off"
        value={form.timeout}
        onChange={({ target }) => edit(['timeout'], () => ({ timeout: target.value }))}
        error={fault !== undefined}
        helperText={fault ?? `Empty: ${usual}. No preheat lasts longer than ${most}.`}
        slotProps={{ htmlInput: { inputMode: 'decimal' } }}
      />
      <TextField
        select
        label="Unit"
        value={form.timeoutUnit}
        onChange={({ target }) =>
          edit(['timeout'], ({ timeoutUnit }) => ({
            timeoutUnit: units.find((unit) => unit === target.value) ?? timeoutUnit,
          }))
        }
        sx={{ flex: '0 0 7rem' }}
      >
        {units.map((unit) => (
          <MenuItem key={unit} value={unit}>
            {unitNames[unit]}
          </MenuItem>
        ))}
      </TextField>
    </Box>
  )
}

const Identity = ({ editing }: OptionsProps) => (
  <Box sx={twoColumns}>
    <TextOf editing={editing} name="tag" label="Tag" help="Part of the identity of a task at Dragonfly's peers." />
    <TextOf editing={editing} name="application" label="Application" help="Part of the same identity." />
    <Box sx={{ gridColumn: '1 / -1' }}>
      <ChipsOf
        editing={editing}
        name="filter"
        label="Filtered query params"
        help="Query parameters that do not tell files apart, such as X-Amz-Signature. Empty: those of the usual object stores."
      />
    </Box>
  </Box>
)
