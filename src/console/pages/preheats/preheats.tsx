// The list of preheats: newest first, live, filtered by its address.

import AddIcon from '@mui/icons-material/Add'
import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Button from '@mui/material/Button'
import Pagination from '@mui/material/Pagination'
import type { Theme } from '@mui/material/styles'
import useMediaQuery from '@mui/material/useMediaQuery'
import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Page } from '../../api/client.ts'
import type { Job } from '../../api/types.ts'
import { useSession } from '../../app/session.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Stale } from '../../parts/stale.tsx'
import { Waiting } from '../../parts/waiting.tsx'
import { JobDialog, type Asked } from '../preheat/job-dialog.tsx'
import { First, NoMatch } from './empty.tsx'
import { FilterBar } from './filter-bar.tsx'
import { changed, filtersOf, isFiltered, noFilters, toParams, type Filters } from './filters.ts'
import { JobCards } from './job-cards.tsx'
import { JobTable } from './job-table.tsx'
import { useJobs } from './use-jobs.ts'

export function Preheats() {
  const { may } = useSession()
  const [params, setParams] = useSearchParams()
  const filters = filtersOf(params)
  const jobs = useJobs(filters)
  const change = (to: Partial<Filters>, replace = false): void => {
    setParams((now) => toParams(changed(filtersOf(now), to)), { replace })
  }
  // What was found by other filters says nothing of these.
  const isBare = jobs.data?.rows.length === 0 && !jobs.isPlaceholderData && !isFiltered(filters) && filters.page === 1
  return (
    <>
      <PageHead title="Preheats">
        {may('job') && (
          <Button variant="contained" startIcon={<AddIcon />} component={Link} href="/preheats/new">
            New preheat
          </Button>
        )}
      </PageHead>
      <FilterBar filters={filters} onChange={change} />
      {jobs.data === undefined ? (
        <Waiting error={jobs.error} onAgain={() => void jobs.refetch()} />
      ) : (
        <>
          <Stale error={jobs.error} sinceMs={jobs.data.atMs} />
          {isBare ? <First /> : <Rows found={jobs.data} page={filters.page} onChange={change} />}
        </>
      )}
    </>
  )
}

interface RowsProps {
  readonly found: Page<Job>
  readonly page: number
  readonly onChange: (to: Partial<Filters>) => void
}

function Rows({ found: { rows, pages, atMs }, page, onChange }: RowsProps) {
  const [asked, setAsked] = useState<Asked | undefined>()
  const isNarrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'), { noSsr: true })
  const Shown = isNarrow ? JobCards : JobTable
  return (
    <>
      {rows.length > 0 && <Shown jobs={rows} atMs={atMs} onAsk={setAsked} />}
      {rows.length === 0 && page === 1 && <NoMatch onClear={() => onChange(noFilters)} />}
      {rows.length === 0 && page > 1 && <Alert severity="info">There is nothing on page {page} any more.</Alert>}
      {(pages > 1 || page > 1) && (
        <Box sx={{ display: 'flex', justifyContent: 'center', mt: 2 }}>
          <Pagination
            aria-label="Pages of preheats"
            count={pages}
            page={Math.min(page, pages)}
            siblingCount={isNarrow ? 0 : 1}
            onChange={(_event, to) => onChange({ page: to })}
          />
        </Box>
      )}
      <JobDialog asked={asked} onClose={() => setAsked(undefined)} />
    </>
  )
}
