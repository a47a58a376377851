import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import { askedNumber } from '../../../input/schemas.js'
import { columnsUnder } from '../../../products/import/columns.js'
import { type Import, working } from '../../../products/import/import.js'
import type { Imports } from '../../../products/import/imports.js'
import { type Verdict, verdicts } from '../../../products/import/rows.js'
import type { Accounts } from '../../../users/accounts.js'
import { answerTo, setStatus } from '../../errors.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, noticeOf, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { seeOther } from '../../navigation.js'
import { fileIn } from '../../uploads.js'

/** Files of products: uploaded, looked at, applied and undone. */
export function importPages(imports: Imports, accounts: Accounts) {
  return {
    async showImports(ctx: Context) {
      await showUploadForm(ctx, newForm('/imports'))
    },

    async submitFile(ctx: Context) {
      const store = async () => {
        const user = signedInUser(ctx)
        return `/imports/${await imports.upload(user, fileIn(ctx), writeOf(ctx, `user ${user.id}`))}`
      }
      await submit(ctx, store, showUploadForm)
    },

    async showImport(ctx: Context) {
      await showImportOf(ctx, idOf(ctx))
    },

    submitApply: submitting((...asked) => imports.apply(...asked)),
    submitUndo: submitting((...asked) => imports.undo(...asked)),
    submitCompare: submitting((...asked) => imports.compare(...asked)),
    showUploadForm,

    /** What was pressed before a sign-in is to be pressed again. */
    async showImportForm(ctx: Context, form: FormState) {
      await showImportOf(ctx, idIn(form), form.notice ?? 'imports.notDone')
    },
  }

  function submitting(ask: Imports['apply']) {
    return async (ctx: Context) => {
      const id = idOf(ctx)
      const user = signedInUser(ctx)
      const comparison = askedNumber.parse(fieldsOf(ctx).comparison)
      try {
        await ask(user, { id, comparison }, writeOf(ctx, `user ${user.id}`))
        seeOther(ctx, `/imports/${id}`)
      } catch (error) {
        const notice = noticeOf(error)
        if (!notice) throw error
        setStatus(ctx, error, answerTo(error))
        await showImportOf(ctx, id, notice === 'problem.outdated' ? 'imports.outdated' : notice)
      }
    }
  }

  async function showUploadForm(ctx: Context, form: FormState) {
    const { deadline } = ctx.state
    const list = await imports.latest(deadline)
    const names = await accounts.namesOf(
      list.map(({ createdBy }) => createdBy),
      deadline,
    )
    await ctx.page('imports/index', { form, list: list.map((each, index) => ({ ...each, person: names[index] })) })
  }

  async function showImportOf(ctx: Context, id: number, notice?: FormState['notice']) {
    const { deadline } = ctx.state
    const it = await imports.find(id, deadline)
    if (!it) throw new NotFound()
    const isWorking = working.includes(it.state)
    if (isWorking) ctx.set('Refresh', `1; url=/imports/${id}`)
    const asked = verdicts.find((each) => each === ctx.query.show)
    const verdict = asked ?? verdicts.find((each) => it.counts[each] > 0) ?? 'same'
    const after = askedNumber.parse(ctx.query.after) ?? 0
    const [[uploader, changer], { rows, more }] = await Promise.all([
      accounts.namesOf([it.createdBy, it.changedBy], deadline),
      isWorking ? nothing : imports.rows(id, { verdict, after }, deadline),
    ])
    const shown = {
      it,
      isWorking,
      uploader,
      changer,
      verdict,
      verdicts: it.act ? ofActs : verdicts,
      rows,
      more,
      after,
      columns: columnsOf(it),
    }
    await ctx.page('imports/show', { ...shown, notice, here: ctx.method === 'GET' ? ctx.url : `/imports/${id}` })
  }
}

/** What becomes of a product that there is. */
const ofActs: Verdict[] = ['changed', 'same']

const nothing = { rows: [], more: false }

/** Each column of a file and what it was taken for; none where the file has none. */
function columnsOf({ act, header, state }: Import) {
  if (act || state === 'reading' || state === 'failed') return []
  const names = columnsUnder(header)
  return header.map((title, index) => ({ title, name: names[index] }))
}
