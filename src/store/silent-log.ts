// knex prints warnings of its own to the console; what matters in them reaches us as errors.

const silence = (): void => {}

export const silentLog = { warn: silence, error: silence, deprecate: silence, debug: silence }
