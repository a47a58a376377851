/** The folder of this checkout. The bundle of a replica (build/replica.ts) lies as deep in it as this module. */
export const root = new URL('../../', import.meta.url)

/** The build that this module is of; `dist` is another one as soon as somebody builds. */
export const build = new URL('../', import.meta.url)
