import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from '@playwright/test'
import { admin } from './system'
import { expect, review, test } from './test'

const password = 'a sentence is a password'

let people = 0
const newAddress = () => `person${++people}.${Date.now()}@example.com`

async function signUp(page: Page, email: string, from = '/'): Promise<void> {
  await page.goto(`/sign-up?return=${encodeURIComponent(from)}`)
  await page.getByLabel('Name').fill('Ada Lovelace')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('link', { name: 'Account' })).toBeVisible()
}

async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

test('who signs up keeps what was booked as a guest, and finds it on another device', async ({
  page,
  another,
  world,
}) => {
  const event = await world.event()
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  const email = newAddress()
  await signUp(page, email, '/bookings')
  await expect(page.getByRole('article')).toContainText(event.Name)

  const device = await (await another()).newPage()
  await review(device, event, 3)
  await device.getByRole('button', { name: 'Book 3 seats now' }).click()
  await device.getByRole('heading', { name: /Thank you/ }).waitFor()
  await device.goto('/sign-in?return=/bookings')
  await signIn(device, email.toUpperCase())
  await expect(device.getByRole('article')).toHaveCount(2) // the one of before, and the one of this device's guest
})

test('a wrong password is told in words, at the form, and the address stays', async ({ page }) => {
  const email = newAddress()
  await signUp(page, email)
  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible()
  await page.goto('/sign-in')
  await signIn(page, email, 'another sentence')
  const alert = page.getByRole('alert')
  await expect(alert).toContainText('The address and the password do not belong together.')
  await expect(alert).toBeFocused()
  await expect(page.getByLabel('Email address')).toHaveValue(email)
  await signIn(page, email)
  await expect(page.getByRole('link', { name: 'Account' })).toBeVisible()
})

test('12: a session that ends in the middle of a booking is begun anew, and the draft is there', async ({
  page,
  context,
  world,
}) => {
  const event = await world.event()
  const email = newAddress()
  await signUp(page, email)
  await review(page, event, 2)
  await page.getByRole('button', { name: 'One seat more' }).click()
  await context.addCookies([
    { name: 'myevents_access', value: 'forged.token.here', url: world.system.url },
    { name: 'myevents_refresh', value: `${'a'.repeat(24)}.AAAA`, url: world.system.url },
  ])
  await page.getByRole('button', { name: 'Book 3 seats now' }).click()
  await expect(page.getByRole('alert')).toContainText('Your session has ended')
  await page.getByRole('alert').getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, email)
  await expect(page.getByRole('heading', { level: 1, name: 'Nearly there' })).toBeVisible()
  await expect(page.getByLabel('Seats', { exact: true })).toHaveValue('3')
  await page.getByRole('button', { name: 'Book 3 seats now' }).click()
  await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(3)
  await page.goto('/bookings')
  await expect(page.getByRole('article')).toContainText(event.Name)
})

test('12: a token that runs out in the middle of a booking is renewed, and nobody notices', async ({
  page,
  context,
  world,
}) => {
  const event = await world.event()
  await signUp(page, newAddress())
  await review(page, event)
  await context.addCookies([{ name: 'myevents_access', value: 'run.out.already', url: world.system.url }])
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(2)
})

test('an admin makes an organiser, who then sees the screens of organisers', async ({
  page,
  another,
  world,
}) => {
  const { url } = world.system
  const open = (await (await fetch(`${url}/config.json`)).json()) as { auth: string }
  const email = newAddress()
  await signUp(page, email)
  await page.goto('/organise')
  if (open.auth !== 'open')
    await expect(page.getByText('An administrator can make you one of them.')).toBeVisible()

  const office = await (await another()).newPage()
  await office.goto('/sign-in?return=/account')
  await signIn(office, admin.email, admin.password)
  const find = office.getByRole('form', { name: 'Find' })
  await find.getByLabel('Email address').fill(email)
  await find.getByRole('button', { name: 'Find' }).click()
  await office.getByRole('checkbox', { name: /^Organise/ }).check()
  await office.getByRole('button', { name: 'Save roles' }).click()
  await expect(office.getByText(/^Saved/)).toBeVisible()

  await page.goto('/account')
  await page.getByRole('button', { name: 'Sign out' }).click() // the role comes with the next token
  await page.goto('/sign-in?return=/organise')
  await signIn(page, email)
  await expect(page.getByRole('heading', { level: 1, name: 'What sells' })).toBeVisible()
})

test('the account can be changed, had in a file, and deleted', async ({ page, world }) => {
  const event = await world.event()
  const email = newAddress()
  await signUp(page, email)
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  await page.goto('/account')

  const change = page.getByRole('form', { name: 'Change password' })
  await change.getByLabel('Present password').fill(password)
  await change.getByLabel('New password').fill(`${password}!`)
  await change.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('Your password is changed')).toBeVisible()

  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download my data' }).click(),
  ])
  const text = await (await file.createReadStream()).toArray()
  const data = JSON.parse(Buffer.concat(text).toString()) as { user: { email: string }; bookings: unknown[] }
  expect(data.user.email).toBe(email)
  expect(data.bookings).toHaveLength(1)

  await page.getByRole('button', { name: 'Delete account' }).click()
  await page.getByRole('dialog').getByLabel('Password').fill(`${password}!`)
  await page.getByRole('button', { name: 'Delete for good' }).click()
  await expect(page.getByRole('link', { name: 'Sign in' }).first()).toBeVisible()
  expect(await world.sold(event.ID)).toBe(2)
  await page.goto('/sign-in')
  await signIn(page, email, `${password}!`)
  await expect(page.getByRole('alert')).toContainText('do not belong together')
})

test('a page of another site can neither book for a visitor nor read anything', async ({
  page,
  world,
  quiet,
}) => {
  const event = await world.event()
  await signUp(page, newAddress())
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()

  const foreign = createServer((_, response) => response.end('<!doctype html><title>Elsewhere</title><body>'))
  await new Promise<void>((resolve) => foreign.listen(0, 'localhost', resolve))
  // The app is at 127.0.0.1: to the browser, localhost is another site.
  await page.goto(`http://localhost:${(foreign.address() as AddressInfo).port}/`)
  const api = `${world.system.url}/api`
  const tried = await page.evaluate(
    async ({ api, id }) => {
      const book = `${api}/events/${id}/bookings`
      const body = JSON.stringify({ seats: 1 })
      const attempt = (call: Promise<Response>) =>
        call.then(
          (a) => `${a.type} ${a.status}`,
          () => 'refused',
        )
      return {
        blind: await attempt(fetch(book, { method: 'POST', mode: 'no-cors', credentials: 'include', body })),
        json: await attempt(
          fetch(book, {
            method: 'POST',
            credentials: 'include',
            headers: { 'Content-Type': 'application/json' },
            body,
          }),
        ),
        read: await attempt(fetch(`${api}/bookings`, { credentials: 'include' })),
        who: await attempt(fetch(`${api}/users/me`, { credentials: 'include' })),
      }
    },
    { api, id: event.ID },
  )
  expect(tried).toEqual({ blind: 'refused', json: 'refused', read: 'refused', who: 'refused' })
  const [answer] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === 'POST'),
    page.evaluate((action) => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action, enctype: 'text/plain' })
      const field = document.createElement('input')
      Object.assign(field, { name: '{"seats": 1, "x": "', value: '"}' })
      form.append(field)
      document.body.append(form)
      form.submit()
    }, `${api}/events/${event.ID}/bookings`),
  ])
  expect(answer.status()).toBe(403)
  expect(await world.sold(event.ID)).toBe(2)
  foreign.close()
  quiet.length = 0 // the browser tells the foreign page what it was refused
})
