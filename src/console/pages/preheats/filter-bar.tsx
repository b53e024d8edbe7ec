// What the list can be narrowed to.

import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import MenuItem from '@mui/material/MenuItem'
import TextField from '@mui/material/TextField'
import { useEffect, useState } from 'react'
import { useClusters } from '../../app/use-clusters.ts'
import { contracts, phases } from '../../job.ts'
import { kinds, longestText, type Filters } from './filters.ts'

interface FilterBarProps {
  readonly filters: Filters
  /** `replace`: a step that nobody wants to go back to. */
  readonly onChange: (to: Partial<Filters>, replace?: boolean) => void
}

export function FilterBar({ filters, onChange }: FilterBarProps) {
  const { phase, kind, contract, cluster, peer, q } = filters
  const clusters = useClusterNames(cluster)
  return (
    <Box component="search" aria-label="Preheats" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, mb: 2 }}>
      <SearchField q={q} onChange={(to) => onChange({ q: to }, true)} />
      <Choice label="Kind" value={kind} options={kinds} onChange={(to) => onChange({ kind: to })} />
      <Choice
        label="State"
        value={phase}
        options={[['', 'Any'], ...phases.map((each) => [each, each] as const)]}
        onChange={(to) => onChange({ phase: to })}
      />
      {clusters.length > 0 && (
        <Choice
          label="Cluster"
          value={cluster}
          options={[[0, 'Any'], ...clusters]}
          onChange={(to) => onChange({ cluster: to })}
        />
      )}
      <Choice
        label="Contract"
        value={contract}
        options={[['', 'Any'], ...contracts.map((each) => [each, each] as const)]}
        onChange={(to) => onChange({ contract: to })}
      />
      {peer !== '' && (
        <Chip
          label={`Peer ${peer}`}
          onDelete={() => onChange({ peer: '' })}
          sx={{ alignSelf: 'center', maxWidth: '100%' }}
        />
      )}
    </Box>
  )
}

type Option<Value> = readonly [value: Value, name: string]

interface ChoiceProps<Value> {
  readonly label: string
  readonly value: Value
  readonly options: readonly Option<Value>[]
  readonly onChange: (value: Value) => void
}

function Choice<Value extends string | number>({ label, value, options, onChange }: ChoiceProps<Value>) {
  return (
    <TextField
      select
      label={label}
      value={value}
      onChange={({ target }) => {
        const chosen = options.find(([each]) => String(each) === String(target.value))
        if (chosen !== undefined) onChange(chosen[0])
      }}
      slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
      sx={{ flex: '1 1 8rem', maxWidth: { sm: '13rem' } }}
    >
      {options.map(([each, name]) => (
        <MenuItem key={each} value={each}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  )
}

const settlesMs = 300

interface SearchFieldProps {
  readonly q: string
  readonly onChange: (q: string) => void
}

/** The address follows once nobody types any more; what changes it from elsewhere is shown at once. */
function SearchField({ q, onChange }: SearchFieldProps) {
  const [text, setText] = useState(q)
  const [shown, setShown] = useState(q)
  if (shown !== q) {
    setShown(q)
    setText(q)
  }
  useEffect(() => {
    if (text === q) return
    const timer = setTimeout(() => onChange(text), settlesMs)
    return () => clearTimeout(timer)
  }, [text, q, onChange])
  return (
    <TextField
      type="search"
      label="Search"
      placeholder="In addresses and notes"
      value={text}
      onChange={({ target }) => setText(target.value)}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { maxLength: longestText } }}
      sx={{ flex: '3 1 14rem', maxWidth: { sm: '24rem' } }}
    />
  )
}

/** Their ids and names; without the right to see clusters only the one that is filtered by. */
function useClusterNames(chosen: number): readonly Option<number>[] {
  const { data = [] } = useClusters()
  const named = data.map(({ id, name }) => [id, name] as const)
  const isNamed = chosen === 0 || named.some(([id]) => id === chosen)
  return isNamed ? named : [...named, [chosen, `Cluster ${chosen}`]]
}
