// The form while it is edited: what it holds, and what is wrong with it until that is changed.

import { useCallback, useMemo, useState } from 'react'
import type { Faults, Field, PreheatForm } from './form.ts'

export interface Editing {
  readonly form: PreheatForm
  readonly faults: Faults
  /** Takes the change, and forgets what was wrong with the fields that it is about. Always the same function. */
  readonly edit: (about: readonly Field[], change: (form: PreheatForm) => Partial<PreheatForm>) => void
}

interface EditingForm extends Editing {
  readonly setFaults: (faults: Faults) => void
}

export function useEditing(start: PreheatForm, faultsAtStart: Faults): EditingForm {
  const [form, setForm] = useState(start)
  const [faults, setFaults] = useState(faultsAtStart)
  const edit = useCallback<Editing['edit']>((about, change) => {
    setForm((now) => ({ ...now, ...change(now) }))
    setFaults((now) => without(now, about))
  }, [])
  return useMemo(() => ({ form, faults, edit, setFaults }), [form, faults, edit])
}

function without(faults: Faults, fields: readonly Field[]): Faults {
  if (!fields.some((field) => faults.has(field))) return faults
  return new Map([...faults].filter(([field]) => !fields.includes(field)))
}
