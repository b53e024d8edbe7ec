// What kind of cluster it is: its driver, whether it is the default, where it comes from, what its nodes run.

import Box from '@mui/material/Box'
import Chip from '@mui/material/Chip'
import Typography from '@mui/material/Typography'
import type { Cluster } from '../../api/types.ts'

export const Marks = ({ cluster }: { readonly cluster: Cluster }) => (
  <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 1, rowGap: 0.5 }}>
    <Chip size="small" label={cluster.driver} />
    {cluster.is_default && <Chip size="small" variant="outlined" label="default" />}
    {cluster.from_file && <Chip size="small" variant="outlined" label="from the settings file" />}
    {cluster.platforms.length > 0 && (
      <Typography component="span" variant="body2" color="textSecondary">
        {cluster.platforms.join(', ')}
      </Typography>
    )}
  </Box>
)
