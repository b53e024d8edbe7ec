// A page that not every token is shown: whoever came by its address is told what is missing.

import type { ReactNode } from 'react'
import type { Scope } from '../api/types.ts'
import { PageHead } from '../parts/page-head.tsx'
import { useSession } from './session.tsx'

interface NeedsProps {
  readonly scope: Scope
  readonly children: ReactNode
}

export function Needs({ scope, children }: NeedsProps) {
  const { caller, may } = useSession()
  if (may(scope)) return children
  return (
    <PageHead
      title="This page is not for your token"
      about={`The token "${caller.name}" does not have the scope ${scope}. Sign in with one that has it.`}
    />
  )
}
