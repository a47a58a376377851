import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import { build, root } from '../root.js'

/** The templates of views/. */
export type Views = ReturnType<typeof createViews>

/**
 * Makes the templates ready.
 * @param cache compiles those of the build now, so that no request waits for it; without it an edit of the checkout's shows at the next request
 */
export function createViews(cache: boolean) {
  const folder = fileURLToPath(new URL('views', cache ? build : root))
  // Templates include others from the root of the folder; relative to each, ejs would look for the file at every render.
  const options = { cache, root: folder }
  if (cache) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const filename = join(folder, name)
      if (name.endsWith('.ejs'))
        ejs.cache.set(filename, ejs.compile(readFileSync(filename, 'utf8'), { filename, ...options }))
    }
  }
  return {
    folder,
    /** Renders a template, given its whole path. The locals are never taken for options of ejs, as ejs otherwise does. */
    render(file: string, locals: object): Promise<string> {
      return ejs.renderFile(file, locals, options)
    },
  }
}
