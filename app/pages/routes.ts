import Router from '@koa/router'
import type { Parts } from '../app.js'
import { statusPages } from '../http/pages/status/pages.js'
import { requireSignIn } from '../middleware/access.js'
import { form } from '../middleware/form.js'
import { chooseLanguage } from './language.js'
import { loginPages } from './login.js'
import { productPages } from './products.js'
import { registrationPages } from './registration.js'
import { showWelcome } from './welcome.js'

// nginx matches addresses exactly, so the routers do too: a limit on one spelling then covers all there are.
const exact = { sensitive: true, strict: true }

/** The addresses that ask no database, not even for the session. */
export function openRoutes(): Router {
  return new Router(exact).get('/', showWelcome).post('/language', form(), chooseLanguage)
}

/** Every other page's address, and who may open it. */
export function pageRoutes(parts: Parts): Router {
  const { showRegister, submitRegister } = registrationPages(parts)
  const { showLogin, submitLogin, submitLogout } = loginPages(parts)
  const { showProducts, showNewProduct, submitProduct, showProduct } = productPages(parts)
  const { showStatus, streamStatus } = statusPages(parts)

  return new Router(exact)
    .get('/register', showRegister)
    .post('/register', form(), submitRegister)
    .get('/login', showLogin)
    .post('/login', form(), submitLogin)
    .post('/logout', form(), submitLogout)
    .get('/products', requireSignIn, showProducts)
    .post('/products', form(), requireSignIn, submitProduct)
    .get('/products/new', requireSignIn, showNewProduct)
    .get('/products/:id', requireSignIn, showProduct)
    .get('/status', requireSignIn, showStatus)
    .get('/status/events', requireSignIn, streamStatus)
}
