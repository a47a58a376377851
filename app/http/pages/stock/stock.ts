import type { Context } from 'koa'
import type { Deadline } from '../../../database/deadline.js'
import { NotFound } from '../../../errors.js'
import { type Fields, filled, wholeNumber } from '../../../input/form-values.js'
import { askedNumber } from '../../../input/schemas.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { isLow } from '../../../products/product.js'
import { type JournalQuery, kinds, parseJournalQuery, parseMovementDraft } from '../../../products/stock/movement.js'
import type { StockKeeping } from '../../../products/stock/stock.js'
import type { Accounts } from '../../../users/accounts.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** The stock of a product, which movements change; and the journal of them all. */
export function stockPages(catalogue: Catalogue, stock: StockKeeping, accounts: Accounts) {
  return {
    async showStock(ctx: Context) {
      const id = idOf(ctx)
      await showStockOf(ctx, id, newForm(`/products/${id}/movements`))
    },

    async submitMovement(ctx: Context) {
      const move = async () => {
        const [user, fields] = [signedInUser(ctx), fieldsOf(ctx)]
        const seen = askedNumber.parse(fields.seen)
        const write = writeOf(ctx, `user ${user.id}`)
        return stockAfter(await stock.move(user, { productId: idOf(ctx), seen }, draftOf(fields), write))
      }
      await submit(ctx, move, showStockForm)
    },

    async submitUndo(ctx: Context) {
      const undo = async () => {
        const user = signedInUser(ctx)
        return stockAfter(await stock.undo(user, idOf(ctx), writeOf(ctx, `user ${user.id}`)))
      }
      await submit(ctx, undo, showUndoForm)
    },

    async showJournal(ctx: Context) {
      const { deadline } = ctx.state
      const query = parseJournalQuery(ctx.query)
      const [list, ids, product] = await Promise.all([
        journal(query, deadline),
        stock.people(deadline),
        query.product === undefined ? undefined : catalogue.find(query.product, deadline),
      ])
      const people = await namesOf(query.person === undefined ? ids : [...ids, query.person], deadline)
      await ctx.page('stock/journal', { query, list, people, product, kinds })
    },

    showStockForm,
    showUndoForm,
  }

  function showStockForm(ctx: Context, form: FormState) {
    return showStockOf(ctx, idIn(form), form)
  }

  /** A movement that was not undone is shown among those of its product. */
  async function showUndoForm(ctx: Context, form: FormState) {
    const movement = await stock.find(idIn(form), ctx.state.deadline)
    if (!movement) throw new NotFound()
    const wrong = Object.keys(form.problems).length > 0
    const notice = form.notice ?? (wrong ? 'problem.cannotUndo' : 'problem.notUndone')
    await showStockOf(ctx, movement.productId, { ...newForm(`/products/${movement.productId}/movements`), notice })
  }

  async function showStockOf(ctx: Context, id: number, form: FormState) {
    const { deadline } = ctx.state
    const query = parseJournalQuery({ before: ctx.query.before, product: String(id) })
    const [product, list] = await Promise.all([catalogue.find(id, deadline), journal(query, deadline)])
    if (!product) throw new NotFound()
    const moved = list.entries.find(({ number }) => String(number) === ctx.query.moved)
    await ctx.page('stock/product', { product, low: isLow(product), form, query, list, moved, kinds })
  }

  async function journal(query: JournalQuery, deadline: Deadline) {
    const { entries, older } = await stock.journal(query, deadline)
    const people = await namesOf(
      entries.flatMap(({ movedBy }) => movedBy ?? []),
      deadline,
    )
    return {
      entries: entries.map((entry) => ({ ...entry, person: entry.movedBy && people.get(entry.movedBy) })),
      older,
    }
  }

  /** The names of people who have an account, each once, in their order. */
  async function namesOf(ids: number[], deadline: Deadline): Promise<Map<number, string>> {
    const each = [...new Set(ids)]
    const names = await accounts.namesOf(each, deadline)
    const known = each.flatMap((id, index): [number, string][] => (names[index] ? [[id, names[index]]] : []))
    return new Map(known.sort(([, one], [, other]) => one.localeCompare(other)))
  }
}

function stockAfter({ productId, number }: { productId: number; number: number }): string {
  return `/products/${productId}/movements?moved=${number}`
}

/** The movement that the fields of a form describe. @throws {Invalid} */
function draftOf({ kind, units, reason, note }: Fields) {
  return parseMovementDraft({ kind, units: wholeNumber(units), reason: filled(reason), note: filled(note) })
}
