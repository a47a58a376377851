import type { Context } from 'koa'
import { type FieldProblem, NotFound } from '../../../errors.js'
import { type TextKey, type Texts, textsOf } from '../../../i18n/texts.js'
import type { Imports } from '../../../products/import/imports.js'
import { answerWithCsv } from '../../csv.js'
import { idOf } from '../../forms.js'

/** The rows of a file that are wrong, as they came, each with what is wrong with it; to be mended and imported. */
export function exportWrongRows(imports: Imports) {
  return async (ctx: Context) => {
    const it = await imports.find(idOf(ctx), ctx.state.deadline)
    if (!it) throw new NotFound()
    const t = textsOf(ctx.state.locale)
    const { header } = it
    await answerWithCsv(ctx, t('imports.wrongFile'), {
      header: [...header, t('imports.problemColumn')],
      delimiter: it.delimiter || ',',
      batches: recordsOf(),
    })

    async function* recordsOf() {
      for await (const rows of imports.wrongRows(it?.id as number)) {
        yield rows.map(({ cells, problems }) => {
          const filled = Array.from({ length: Math.max(header.length, cells.length) }, (_, index) => cells[index] ?? '')
          return [...filled, problemsText(t, problems)]
        })
      }
    }
  }
}

function problemsText(t: Texts, problems: Record<string, FieldProblem>): string {
  return Object.entries(problems)
    .map(([name, { message, values }]) =>
      t(message, { ...values, ...(name !== 'row' && { field: t(`field.the.${name}` as TextKey) }) }),
    )
    .join(' ')
}
