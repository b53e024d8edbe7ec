// The contracts as one Express application.

import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import helmet from 'helmet'
import { redactText } from '../../kit/redact.ts'
import { anyOf } from '../../kit/signals.ts'
import { Failure } from '../../model/failure.ts'
import { queryOf, type Identifies } from './authenticate.ts'
import { readBody } from './body.ts'
import { credentialOf } from './credential.ts'
import { makeDoor, principalOf, type Door, type Limits } from './door.ts'
import { enter, type Prefix } from './path.ts'
import type { Call, Contract, Route } from './route.ts'
import { send } from './send.ts'
import type { Traffic } from './traffic.ts'
import { fromValidator, validators } from './validate.ts'

export interface AppOptions {
  readonly contracts: readonly Contract[]
  readonly identifies: Identifies
  readonly prefixes: readonly Prefix[]
  readonly limits: Limits
  /** Networks whose X-Forwarded-For tells the client's address. */
  readonly trustedProxies: readonly string[]
  /** Hears of every call that somebody waits for; downloads and streams are not among them. */
  readonly traffic: Traffic
  /** Fires when the service stops. */
  readonly stopping: AbortSignal
  /** Hears of what is our own fault. */
  readonly onFault: (where: string, error: unknown) => void
}

export function makeApp(options: AppOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', [...options.trustedProxies])
  // TLS is the business of whoever stands before us; a promise of HTTPS for all subdomains is not ours to make.
  app.use(helmet({ strictTransportSecurity: false, contentSecurityPolicy: { useDefaults: false, directives } }))
  app.use(throughTheDoor(options))
  const door = makeDoor(options.identifies, options.limits)
  for (const contract of options.contracts) mount(app, contract, { ...options, door })
  app.use(nothingThere)
  app.use(unreadable)
  return app
}

/** Of the empty text: an element for styles that a script of ours fills rule by rule, and that no page could smuggle in. */
const emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
/** Of the one style that the Swagger UI of our version writes into /docs; a test in a browser says when it is another. */
const swaggerStyle = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"

/** Of the pages: everything from here, scripts and styles from files only, and no other page may frame them. */
const directives = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  scriptSrc: ["'self'"],
  scriptSrcAttr: ["'none'"],
  styleSrc: ["'self'", emptyStyle, swaggerStyle],
}

function throughTheDoor({ prefixes, stopping }: AppOptions): RequestHandler {
  return (req, res, next) => {
    const { url, token, clusterIds } = enter(req.url, prefixes)
    req.url = url
    res.locals['clusterIds'] = clusterIds
    const authorization = credentialOf(req.headers, token)
    if (authorization !== undefined) req.headers.authorization = authorization
    // The client's next call on this connection would find it closed: it is to take another one, to another replica.
    if (stopping.aborted) res.setHeader('Connection', 'close')
    next()
  }
}

function mount(app: Express, contract: Contract, options: AppOptions & { readonly door: Door }): void {
  const checks = contract.document === undefined ? [] : validators(contract.document)
  const refused = refusing(contract, options.onFault)
  for (const route of contract.routes) {
    const door = options.door(contract, route)
    const isWaitedFor = contract.unlimited !== true && route.endless !== true
    app[route.method](
      route.pattern ?? route.path,
      ...(isWaitedFor ? [options.traffic.count] : []),
      ...door,
      readBody,
      // What anyone may call takes nothing that could be wrong, and health is asked for most of all.
      ...(route.may === 'anyone' || route.plain === true ? [] : checks),
      running(route, options.stopping),
      refused,
    )
  }
  for (const [path, allowed] of methodsByPath(contract.routes)) app.all(path, wrongMethod(allowed), refused)
}

function running(route: Route, stopping: AbortSignal): RequestHandler {
  return async (req, res) => {
    const gone = new AbortController()
    res.on('close', () => {
      if (!res.writableFinished) gone.abort()
    })
    const signal = route.endless === true ? anyOf(gone.signal, stopping) : gone.signal
    await send(res, await route.run(callOf(req, res, signal)), req.method === 'HEAD')
  }
}

function callOf(req: Request, res: Response, signal: AbortSignal): Call {
  const params = Object.entries(req.params).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join('/') : value,
  ])
  return {
    params: Object.fromEntries(params) as Readonly<Record<string, string>>,
    query: new URLSearchParams(queryOf(req)),
    headers: req.headers,
    body: req.body as unknown,
    principal: principalOf(res),
    clusterIds: res.locals['clusterIds'] as readonly number[],
    method: req.method,
    signal,
  }
}

/** Express knows an error handler by its four parameters. */
function refusing(contract: Contract, onFault: AppOptions['onFault']): ErrorRequestHandler {
  return async (thrown: unknown, req, res, _next) => {
    const error = fromValidator(thrown)
    if (!(error instanceof Failure)) onFault(`${contract.name} ${req.method} ${req.path}`, error)
    if (res.headersSent) {
      res.destroy()
      return
    }
    await send(res, contract.refuse(error, { method: req.method, path: req.path }), req.method === 'HEAD')
  }
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string | RegExp, string> {
  const groups = Map.groupBy(routes, (route) => route.path)
  const rows = [...groups.values()].map((same): [string | RegExp, string] => {
    const methods = same.map((route) => route.method.toUpperCase())
    const withHead = methods.includes('GET') && !methods.includes('HEAD') ? [...methods, 'HEAD'] : methods
    return [same[0]?.pattern ?? same[0]?.path ?? '', withHead.join(', ')]
  })
  return new Map(rows)
}

function wrongMethod(allowed: string): RequestHandler {
  return (req, res) => {
    res.setHeader('Allow', allowed)
    throw new Failure('request.wrong-method', `${req.method} is not served here, only ${allowed}.`)
  }
}

/** A prefix that is not configured may still have a token behind it. */
const nothingThere: RequestHandler = (req, res) => {
  const message = redactText(`There is nothing at ${req.method} ${req.path}.`)
  return send(res, { status: 404, body: { message, code: 'request.not-found' } }, req.method === 'HEAD')
}

/** What no contract could refuse, such as a path that is not percent-encoding. Express would answer it with HTML. */
const unreadable: ErrorRequestHandler = (_error: unknown, req, res, _next) =>
  send(
    res,
    { status: 400, body: { message: 'The address cannot be read.', code: 'request.invalid' } },
    req.method === 'HEAD',
  )
