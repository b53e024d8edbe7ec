// How the Open API is called from a shell, and by clients that are generated from its document. Pure.

import { typed, type Place, type Step } from './step.ts'

export const curlSteps = ({ address, token }: Place): readonly Step[] => [
  { text: 'Let the shell know the token:', values: [typed('In the shell', `TOKEN='${token}'`)] },
  {
    text: 'See whether the service answers; it says "OK":',
    values: [typed('Health', `curl -sS ${address}/healthy -H "Authorization: Bearer $TOKEN"`)],
  },
  {
    text: 'Preheat an image; the answer has the id of the job:',
    values: [
      typed(
        'Preheat',
        [
          `curl -sS ${address}/oapi/v1/jobs -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\`,
          `  -d '{"type":"preheat","args":{"type":"image","url":"registry.example.com/library/app:1.0"}}'`,
        ].join('\n'),
      ),
    ],
  },
  {
    text: 'See how it goes, with the id in place of 1:',
    values: [typed('Progress', `curl -sS ${address}/oapi/v1/jobs/1 -H "Authorization: Bearer $TOKEN"`)],
  },
]

export const generatedSteps = ({ address, token }: Place): readonly Step[] => [
  {
    text: 'The document describes every call; it needs no token:',
    values: [typed('OpenAPI document', `${address}/openapi/open-api.yaml`)],
  },
  {
    text: 'Generate types for TypeScript:',
    values: [typed('Generate', `npx openapi-typescript ${address}/openapi/open-api.yaml --output warmfront.ts`)],
  },
  {
    text: 'Or a client for another language:',
    values: [
      typed(
        'Generate for Python',
        `openapi-generator-cli generate -i ${address}/openapi/open-api.yaml -g python -o warmfront-client`,
      ),
    ],
  },
  { text: 'Let the client know the token:', values: [typed('In the shell', `export WARMFRONT_TOKEN='${token}'`)] },
  {
    text: 'Call, here with openapi-fetch:',
    values: [
      typed(
        'Call',
        [
          `import createClient from 'openapi-fetch'`,
          `import type { paths } from './warmfront.ts'`,
          '',
          'const headers = { Authorization: `Bearer ${process.env.WARMFRONT_TOKEN}` }',
          `const client = createClient<paths>({ baseUrl: '${address}', headers })`,
          `console.log((await client.GET('/healthy')).data)`,
        ].join('\n'),
      ),
    ],
  },
]
