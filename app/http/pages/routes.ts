import Router from '@koa/router'
import type { Parts } from '../../parts.js'
import { form } from '../forms.js'
import { elsewhereWithout, may } from '../middleware/access.js'
import type { FormPages } from '../shown-again.js'
import { upload } from '../uploads.js'
import { confirmationPages } from './account/confirmation.js'
import { loginPages, showLoginForm } from './account/login.js'
import { ownAccountPages } from './account/own-account.js'
import { registrationPages } from './account/registration.js'
import { resetPages } from './account/reset.js'
import { tokenPages } from './account/tokens.js'
import { auditPages } from './audit/audit.js'
import { categoryPages } from './categories/categories.js'
import { showDesign } from './design/design.js'
import { exportPages } from './exports.js'
import { importPages } from './imports/imports.js'
import { exportWrongRows } from './imports/wrong-rows.js'
import { labelPages } from './labels/labels.js'
import { chooseLanguage, showFormInLanguage } from './language.js'
import { palettePages } from './palette/palette.js'
import { invitationPages } from './people/invitations.js'
import { peoplePages } from './people/people.js'
import { rolePages } from './people/roles.js'
import { archivePages } from './products/archive.js'
import { bulkPages } from './products/bulk.js'
import { editPages } from './products/edit.js'
import { productPage } from './products/product.js'
import { productPages } from './products/products.js'
import { scanPages } from './scan/scan.js'
import { statusPages } from './status/pages.js'
import { stockPages } from './stock/stock.js'
import { showWelcome } from './welcome.js'

// nginx matches addresses exactly, so the routers do too: a limit on one spelling then covers all there are.
const exact = { sensitive: true, strict: true }

/** The addresses that ask no database, not even for the session; some are there in development alone. */
export function openRoutes(development: boolean): Router {
  const routes = new Router(exact)
    .get('/', showWelcome)
    .get('/language', showWelcome) // the address of a form that was shown again, entered once more
    .post('/language', form(), chooseLanguage)
  return development ? routes.get('/design', showDesign) : routes
}

/** Every other page's address, and who may open it. */
export function pageRoutes(parts: Parts): Router {
  const { accounts, catalogue, categories, archive, stock, imports } = parts
  const ofCategories = categoryPages(categories)
  const { showProducts, showNewProduct, showCode, submitProduct, showProductForm } = productPages(catalogue)
  const ofProduct = productPage(catalogue, stock, accounts)
  const { submitArchive, submitRestore, showDelete, submitDelete, showPutForm, showDeleteForm } = archivePages(
    archive,
    catalogue,
    ofProduct,
  )
  const { showEdit, submitEdit, showEditForm } = editPages(catalogue, accounts)
  const { submitBulk, showBulkForm } = bulkPages(imports, catalogue)
  const { showStock, submitMovement, submitUndo, showJournal, showStockForm, showUndoForm } = stockPages(
    catalogue,
    stock,
    accounts,
  )
  const { showLabels } = labelPages(catalogue)
  const { scan } = scanPages(catalogue)
  const { showPalette, showShortcuts } = palettePages(catalogue)
  const { showRegister, submitRegister, showRegistrationForm } = registrationPages(
    accounts,
    parts.invitations,
    parts.proofs,
    parts.registration,
  )
  const people = peoplePages(parts.management, parts.roles, parts.sendDueMails !== undefined)
  const roles = rolePages(parts.roles)
  const inviting = invitationPages(parts.invitations, parts.roles, parts.registration)
  const tokens = tokenPages(parts.personalTokens)
  const account = ownAccountPages(parts.ownAccount, parts.proofs !== undefined)
  const confirming = confirmationPages(parts.proofs, accounts)
  const resetting = resetPages(parts.resets, parts.sendDueMails !== undefined)
  const importing = importPages(imports, accounts)
  const { exportProducts, exportMovements } = exportPages(parts.exports, accounts)
  const { showAudit, exportAudit } = auditPages(parts.audit)
  const forms: FormPages = {
    '/login': { show: showLoginForm },
    '/register': { show: showRegistrationForm },
    '/confirm': { show: confirming.showConfirmationForm },
    '/confirm/email': { show: confirming.showConfirmationForm },
    '/forgotten': { show: resetting.showForgottenForm },
    '/reset': { show: resetting.showResetForm },
    '/account/profile': { show: account.showProfileForm, permission: 'own account' },
    '/account/email': { show: account.showEmailForm, permission: 'own account' },
    '/account/password': { show: account.showPasswordForm, permission: 'own account' },
    '/account/tokens': { show: tokens.showForm, permission: 'own account' },
    '/account/tokens/:id/revoke': { show: tokens.showNotRevoked, permission: 'own account' },
    '/account/delete': { show: account.showDeleteForm, permission: 'own account' },
    '/account/sessions/end': { show: account.showOverview, permission: 'own account' },
    '/account/sessions/end-others': { show: account.showOverview, permission: 'own account' },
    '/users/:id/role': { show: people.showRoleForm, permission: 'users.manage' },
    '/users/:id/disable': { show: people.showNotDone, permission: 'users.manage' },
    '/users/:id/enable': { show: people.showNotDone, permission: 'users.manage' },
    '/users/:id/delete': { show: people.showDeleteForm, permission: 'users.manage' },
    '/users/:id/sessions/end': { show: people.showNotDone, permission: 'users.manage' },
    '/users/:id/reset-link': { show: people.showNotDone, permission: 'users.manage' },
    '/invitations': { show: inviting.showForm, permission: 'users.manage' },
    '/invitations/:id/revoke': { show: inviting.showNotRevoked, permission: 'users.manage' },
    '/roles': { show: roles.showNewForm, permission: 'roles.manage' },
    '/roles/:id': { show: roles.showRoleForm, permission: 'roles.manage' },
    '/roles/:id/delete': { show: roles.showNotDeleted, permission: 'roles.manage' },
    '/products': { show: showProductForm, permission: 'products.write' },
    '/products/bulk': { show: showBulkForm, permission: 'products.write' },
    '/products/:id': { show: showEditForm, permission: 'products.write' },
    '/products/:id/archive': { show: showPutForm, permission: 'products.write' },
    '/products/:id/restore': { show: showPutForm, permission: 'products.write' },
    '/products/:id/delete': { show: showDeleteForm, permission: 'products.delete' },
    '/products/:id/movements': { show: showStockForm, permission: 'stock.move' },
    '/movements/:id/undo': { show: showUndoForm, permission: 'stock.move' },
    '/categories': { show: ofCategories.showList, permission: 'products.write' },
    '/categories/rename': { show: ofCategories.showRenameForm, permission: 'products.write' },
    '/categories/delete': { show: ofCategories.showNotDeleted, permission: 'products.write' },
    '/imports': { show: importing.showUploadForm, permission: 'imports.run' },
    '/imports/:id/apply': { show: importing.showImportForm, permission: 'imports.run' },
    '/imports/:id/undo': { show: importing.showImportForm, permission: 'imports.run' },
    '/imports/:id/compare': { show: importing.showImportForm, permission: 'imports.run' },
  }
  const { showLogin, submitLogin, submitLogout } = loginPages(accounts, forms)
  const { showStatus, streamStatus } = statusPages(parts)

  return new Router(exact)
    .post('/language', showFormInLanguage(forms))
    .get('/register', showRegister)
    .post('/register', form(), submitRegister)
    .get('/login', showLogin)
    .post('/login', form(), submitLogin)
    .post('/logout', form(), submitLogout)
    .get('/confirm', confirming.showConfirmation)
    .post('/confirm', form(), confirming.submitConfirmation)
    .post('/confirm/email', form(), confirming.submitEmail)
    .get('/forgotten', resetting.showForgotten)
    .post('/forgotten', form(), resetting.submitForgotten)
    .get('/reset', resetting.showReset)
    .post('/reset', form(), resetting.submitReset)
    .get('/account', may('own account'), account.showAccount)
    .get('/account/profile', may('own account'), account.showProfile)
    .post('/account/profile', form(), may('own account'), account.submitProfile)
    .get('/account/email', may('own account'), account.showEmail)
    .post('/account/email', form(), may('own account'), account.submitEmail)
    .get('/account/password', may('own account'), account.showPassword)
    .post('/account/password', form(), may('own account'), account.submitPassword)
    .get('/account/tokens', may('own account'), tokens.showTokens)
    .post('/account/tokens', form(), may('own account'), tokens.submitToken)
    .post('/account/tokens/:id/revoke', form(), may('own account'), tokens.submitRevoke)
    .get('/account/delete', may('own account'), account.showDelete)
    .post('/account/delete', form(), account.submitDelete)
    .post('/account/sessions/end', form(), may('own account'), account.submitEndSession)
    .post('/account/sessions/end-others', form(), may('own account'), account.submitEndOthers)
    .get('/users', may('users.read'), people.showPeople)
    .get('/users/:id', may('users.read'), people.showPerson)
    .post('/users/:id/role', form(), may('users.manage'), people.submitRole)
    .post('/users/:id/disable', form(), may('users.manage'), people.submitDisable)
    .post('/users/:id/enable', form(), may('users.manage'), people.submitEnable)
    .post('/users/:id/sessions/end', form(), may('users.manage'), people.submitEndSessions)
    .post('/users/:id/reset-link', form(), may('users.manage'), people.submitResetLink)
    .get('/users/:id/delete', may('users.manage'), people.showDelete)
    .post('/users/:id/delete', form(), may('users.manage'), people.submitDelete)
    .get('/invitations', may('users.manage'), inviting.showInvitations)
    .post('/invitations', form(), may('users.manage'), inviting.submitInvitation)
    .post('/invitations/:id/revoke', form(), may('users.manage'), inviting.submitRevoke)
    .get('/roles', may('roles.manage'), roles.showRoles)
    .get('/roles/new', may('roles.manage'), roles.showNew)
    .post('/roles', form(), may('roles.manage'), roles.submitNew)
    .get('/roles/:id', may('roles.manage'), roles.showRole)
    .post('/roles/:id', form(), may('roles.manage'), roles.submitRole)
    .post('/roles/:id/delete', form(), may('roles.manage'), roles.submitDelete)
    .get('/products', elsewhereWithout('products.read'), may('products.read'), showProducts)
    .post('/products', form(), may('products.write'), submitProduct)
    .get('/products/new', may('products.write'), showNewProduct)
    .get('/products/new/code', may('products.write'), showCode)
    .post('/products/bulk', form(), may('products.write'), submitBulk)
    .get('/products/:id', may('products.read'), ofProduct.showProduct)
    .post('/products/:id', form(), may('products.write'), submitEdit)
    .get('/products/:id/edit', may('products.write'), showEdit)
    .post('/products/:id/archive', form(), may('products.write'), submitArchive)
    .post('/products/:id/restore', form(), may('products.write'), submitRestore)
    .get('/products/:id/delete', may('products.delete'), showDelete)
    .post('/products/:id/delete', form(), may('products.delete'), submitDelete)
    .get('/products/:id/movements', may('products.read'), showStock)
    .post('/products/:id/movements', form(), may('stock.move'), submitMovement)
    .get('/categories', may('products.read'), ofCategories.showCategories)
    .post('/categories', form(), may('products.write'), ofCategories.submitCategory)
    .get('/categories/rename', may('products.write'), ofCategories.showRename)
    .post('/categories/rename', form(), may('products.write'), ofCategories.submitRename)
    .post('/categories/delete', form(), may('products.write'), ofCategories.submitDelete)
    .get('/movements', may('products.read'), showJournal)
    .post('/movements/:id/undo', form(), may('stock.move'), submitUndo)
    .get('/labels', may('products.read'), showLabels)
    .get('/scan', may('products.read'), scan)
    .get('/palette', may('products.read'), showPalette)
    .get('/shortcuts', may('products.read'), showShortcuts)
    .get('/products.csv', may('products.read'), exportProducts)
    .get('/movements.csv', may('products.read'), exportMovements)
    .get('/imports', may('imports.run'), importing.showImports)
    .post('/imports', may('imports.run'), upload(), importing.submitFile)
    .get('/imports/:id', may('imports.run'), importing.showImport)
    .get('/imports/:id/wrong.csv', may('imports.run'), exportWrongRows(imports))
    .post('/imports/:id/apply', form(), may('imports.run'), importing.submitApply)
    .post('/imports/:id/undo', form(), may('imports.run'), importing.submitUndo)
    .post('/imports/:id/compare', form(), may('imports.run'), importing.submitCompare)
    .get('/audit', may('audit.read'), showAudit)
    .get('/audit.csv', may('audit.read'), exportAudit)
    .get('/status', may('cluster.read'), showStatus)
    .get('/status/events', may('cluster.read'), streamStatus)
}
