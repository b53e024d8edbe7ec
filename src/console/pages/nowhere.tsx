// An address that leads nowhere.

import Link from '@mui/material/Link'
import { Link as Go } from 'wouter'
import { PageHead } from '../parts/page-head.tsx'

export const Nowhere = () => (
  <PageHead
    title="There is no such page"
    about={
      <Link component={Go} href="/preheats">
        Go to the preheats
      </Link>
    }
  />
)
