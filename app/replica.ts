import { loadBundle } from './bundle.js'

/** What `node` is given to run a replica. */
await loadBundle().serve()
