// What is asked before a token is taken from those who use it, and what is done then.

import { useQueryClient } from '@tanstack/react-query'
import type { Token } from '../../api/types.ts'
import { dataOf } from '../../api/client.ts'
import { messageOf } from '../../api/failure.ts'
import { useTell } from '../../app/notices.tsx'
import { useSession } from '../../app/session.tsx'
import { Confirm } from '../../parts/confirm.tsx'

const path = '/oapi/v1/personal-access-tokens/{id}'

export interface Deeds {
  readonly setState: (token: Token, state: 'active' | 'inactive') => void
  readonly remove: (token: Token) => void
}

export function useDeeds(): Deeds {
  const { api } = useSession()
  const cache = useQueryClient()
  const tell = useTell()
  const done = async (asked: Promise<unknown>, text: string): Promise<void> => {
    try {
      await asked
      tell({ text })
    } catch (error) {
      tell({ text: messageOf(error), kind: 'error' })
    }
    await cache.invalidateQueries({ queryKey: ['tokens'] })
  }
  const at = ({ id }: Token) => ({ params: { path: { id } } })
  return {
    setState: (token, state) => {
      const changed = dataOf(api.PATCH(path, { ...at(token), body: { state } }))
      void done(changed, `The token "${token.name}" is ${state}.`)
    },
    remove: (token) => void done(dataOf(api.DELETE(path, at(token))), `The token "${token.name}" is deleted.`),
  }
}

interface QuestionProps {
  readonly token: Token
  readonly deed: 'deactivate' | 'delete'
  readonly isOwn: boolean
  readonly onYes: () => void
  readonly onNo: () => void
}

export function Question({ token: { name }, deed, isOwn, onYes, onNo }: QuestionProps) {
  const verb = deed === 'delete' ? 'Delete' : 'Deactivate'
  const after = deed === 'delete' ? 'This cannot be undone.' : 'It can be activated again.'
  const own = isOwn ? ' It is the token that you are signed in with: you are signed out.' : ''
  return (
    <Confirm
      open
      title={`${verb} the token "${name}"?`}
      text={`From the next call on, whoever uses it is refused.${own} ${after}`}
      verb={verb}
      onYes={onYes}
      onNo={onNo}
    />
  )
}
