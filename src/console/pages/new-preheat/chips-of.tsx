// A field for several short texts. What was typed and not confirmed counts as well, and stays where it is: would it
// become a chip when the field is left, the button that was pressed would move away below the pointer.

import Autocomplete from '@mui/material/Autocomplete'
import TextField from '@mui/material/TextField'
import type { Editing } from './editing.ts'
import { chipsOf, split, type Chips, type ChipsName } from './form.ts'

interface ChipsOfProps {
  readonly editing: Editing
  readonly name: ChipsName
  readonly label: string
  readonly help: string
  readonly suggestions?: readonly string[]
  readonly placeholder?: string
}

export function ChipsOf({ editing, name, label, help, suggestions = [], placeholder = '' }: ChipsOfProps) {
  const fault = editing.faults.get(name)
  const { chosen, typed } = editing.form[name]
  const set = (chips: Chips): void => editing.edit([name], () => ({ [name]: chips }))
  return (
    <Autocomplete
      multiple
      freeSolo
      filterSelectedOptions
      size="small"
      options={suggestions}
      value={[...chosen]}
      inputValue={typed}
      onChange={(_event, next) => set(chipsOf([...new Set(next.flatMap(split))]))}
      onInputChange={(_event, text, reason) => {
        if (reason === 'input') set(confirmed(chosen, text))
      }}
      renderInput={(input) => (
        <TextField
          {...input}
          label={label}
          placeholder={chosen.length === 0 ? placeholder : ''}
          error={fault !== undefined}
          helperText={fault ?? help}
        />
      )}
    />
  )
}

/** A space, a comma or an & confirms what stands before it. */
function confirmed(chosen: readonly string[], text: string): Chips {
  const [, whole = '', rest = ''] = /^(.*[\s,&])?(.*)$/s.exec(text) ?? []
  return { chosen: [...new Set([...chosen, ...split(whole)])], typed: rest }
}
