import type { Context } from 'koa'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import { textsOf } from '../../i18n/texts.js'
import type { Exports } from '../../products/csv/exports.js'
import { columnNames } from '../../products/import/columns.js'
import { parseCatalogueQuery } from '../../products/product.js'
import { parseJournalQuery } from '../../products/stock/movement.js'
import type { Accounts } from '../../users/accounts.js'
import { answerWithCsv } from '../csv.js'
import { signedInUser } from '../middleware/access.js'

/** The list of products and the journal as files, each as long as it is. */
export function exportPages(exports: Exports, accounts: Accounts) {
  return {
    async exportProducts(ctx: Context) {
      const t = textsOf(ctx.state.locale)
      const query = parseCatalogueQuery(ctx.query)
      await answerWithCsv(ctx, t('imports.productsFile'), {
        header: columnNames.map((name) => t(`field.${name}`)),
        batches: each(exports.products(signedInUser(ctx), query), async (products) =>
          products.map((product) => columnNames.map((name) => product[name])),
        ),
      })
    },

    async exportMovements(ctx: Context) {
      const t = textsOf(ctx.state.locale)
      const query = parseJournalQuery(ctx.query)
      const header = [t('imports.journal.date'), t('field.code'), t('field.name'), t('imports.journal.number')]
        .concat(t('stock.kindOf'), t('field.units'), t('imports.journal.balance'), t('field.reason'), t('field.note'))
        .concat(t('imports.journal.undoes'), t('stock.who'), t('imports.replica'))
      await answerWithCsv(ctx, t('imports.movementsFile'), {
        header,
        batches: each(exports.movements(query), async (entries) => {
          const names = await Deadline.within(requestTimeout, (deadline) =>
            namesOf(
              entries.map(({ movedBy }) => movedBy),
              deadline,
            ),
          )
          return entries.map((entry, index) => {
            const { movedAt, code, name, number, kind, undoes, units, balance, reason, note } = entry
            return [
              ...[movedAt.toISOString(), code, name, number, t(`stock.kind.${undoes ? 'undo' : kind}`), units, balance],
              ...[reason, note, entry.undoesNumber, names[index] ?? '', entry.replica],
            ]
          })
        }),
      })
    },
  }

  function namesOf(ids: (number | null)[], deadline: Deadline): Promise<(string | undefined)[]> {
    return accounts.namesOf(
      ids.map((id) => id ?? 0),
      deadline,
    )
  }
}

async function* each<From, To>(batches: AsyncIterable<From>, change: (batch: From) => Promise<To>): AsyncGenerator<To> {
  for await (const batch of batches) yield change(batch)
}
