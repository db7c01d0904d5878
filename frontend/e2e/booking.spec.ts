import { expect, review, test } from './test'

test('a visitor finds an event, books without an account, and gives a seat back', async ({ page, world }) => {
  const event = await world.event({ name: 'Tidewater', seats: 10 })
  await page.goto('/')
  await page.getByRole('link', { name: 'Tidewater' }).click()
  await page.getByRole('button', { name: 'Book 2 seats' }).click()
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await expect(page.getByRole('heading', { name: 'Thank you, your seats are booked' })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(2)

  await page.getByRole('button', { name: 'Give seats back' }).click()
  await page.getByLabel('Seats that you keep').selectOption('1')
  await page.getByRole('button', { name: 'Give one seat back' }).click()
  await expect(page.getByText('Done. You now hold one seat.')).toBeVisible()
  expect(await world.sold(event.ID)).toBe(1)

  await page.getByRole('link', { name: 'My bookings' }).first().click()
  await expect(page.getByRole('article')).toContainText('one seat')
})

test('2: a whole booking by keyboard alone', async ({ page, world }) => {
  const event = await world.event()
  await page.goto('/')
  await page.getByRole('link', { name: event.Name }).waitFor()
  const press = async (key: string) => page.keyboard.press(key)
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '')
  const visiblyFocused = () =>
    page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body)
      const card = document.activeElement?.closest('.event-card')
      return [style, card ? getComputedStyle(card) : style].some(
        (s) => s.outlineStyle !== 'none' || s.boxShadow !== 'none',
      )
    })
  /** Goes on by Tab until something with these words is reached. */
  const reach = async (words: string | RegExp) => {
    for (let n = 0; n < 200; n++) {
      await press('Tab')
      if ((await focused()).match(words)) {
        expect(await visiblyFocused()).toBe(true)
        return
      }
    }
    throw new Error(`${words} is not reached by keyboard`)
  }

  await press('Tab')
  expect(await focused()).toBe('Skip to the content')
  await press('Enter')
  await reach(new RegExp(`^${event.Name}$`))
  await press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: event.Name })).toBeFocused()
  await reach(/^Book 2 seats$/)
  await press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Nearly there' })).toBeFocused()
  await reach(/^Book 2 seats now$/)
  await press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: /^Thank you/ })).toBeFocused()

  // The dialog holds the focus, and gives it back.
  await reach(/^Give seats back$/)
  await press('Enter')
  await expect(page.getByRole('dialog')).toBeVisible()
  for (let n = 0; n < 10; n++) {
    await press('Tab')
    // Between the last and the first element the focus is with the browser itself.
    const held = () => document.activeElement?.matches('body, [role=dialog] *, [role=dialog]')
    expect(await page.evaluate(held)).toBe(true)
  }
  await press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Give seats back' })).toBeFocused()
})

test('6: two browsers want the last seat: one gets it, the other sees what is left and keeps its input', async ({
  page,
  another,
  world,
}) => {
  const event = await world.event({ seats: 3 })
  const other = await (await another()).newPage()
  await review(page, event, 2)
  await review(other, event, 2)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  await other.getByRole('button', { name: 'Book 2 seats now' }).click()
  const alert = other.getByRole('alert')
  await expect(alert).toContainText('Only one seat is left now')
  await expect(alert).toBeFocused()
  await expect(other.getByLabel('Seats', { exact: true })).toHaveValue('2')
  await expect(other.getByText('Only one seat left', { exact: true })).toBeVisible()
  await other.getByRole('button', { name: 'Take the last seat' }).click()
  await expect(other.getByRole('heading', { name: /Thank you/ })).toBeVisible()
  expect(await world.sold(event.ID)).toBe(3)
})

test.describe('7: exactly one booking', () => {
  test('for a double click', async ({ page, world }) => {
    const event = await world.event()
    await review(page, event)
    await page.getByRole('button', { name: 'Book 2 seats now' }).dblclick()
    await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
    expect(await world.sold(event.ID)).toBe(2)
  })

  test('for Enter and a click at once', async ({ page, world }) => {
    const event = await world.event()
    await review(page, event)
    await page.evaluate(() => {
      const button = document.querySelector<HTMLButtonElement>('main form button[type=submit]')
      button?.form?.requestSubmit()
      button?.click()
    })
    await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
    expect(await world.sold(event.ID)).toBe(2)
  })

  test('for an answer that got lost on its way', async ({ page, world }) => {
    const event = await world.event()
    await review(page, event)
    const keys: (string | undefined)[] = []
    await page.route('**/bookings', async (route) => {
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 1) return route.continue()
      await route.fetch() // the service books
      await route.abort('connectionreset')
    })
    await page.getByRole('button', { name: 'Book 2 seats now' }).click()
    await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
    expect(new Set(keys).size).toBe(1)
    expect(keys.length).toBeGreaterThan(1)
    expect(await world.sold(event.ID)).toBe(2)
  })

  test('for answers that got lost until the visitor came back', async ({ page, world }) => {
    const event = await world.event()
    await review(page, event)
    await page.route('**/bookings', async (route) => {
      await route.fetch()
      await route.abort('connectionreset')
    })
    await page.getByRole('button', { name: 'Book 2 seats now' }).click()
    await expect(page.getByRole('alert')).toContainText('We do not know yet whether the booking arrived')
    await page.unroute('**/bookings')
    await page.reload()
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect(page.getByRole('heading', { name: /Thank you/ })).toBeVisible()
    expect(await world.sold(event.ID)).toBe(2)
  })
})

test('a ticket can be shown by its secret link in another browser, and its calendar file is one', async ({
  page,
  another,
  world,
}) => {
  const event = await world.event()
  const { Ticket: link } = await world.book(event.ID, 1)
  const other = await (await another()).newPage()
  await other.goto(link)
  await expect(other.getByRole('region', { name: 'Ticket' })).toContainText('one seat')
  await expect(other.getByRole('button', { name: 'Give seats back' })).toHaveCount(0)
  await page.goto(`/events/${event.ID}`)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Add to calendar' }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(/\.ics$/)
})

test('a cancelled and a moved event are said plainly on their tickets', async ({ page, world }) => {
  const event = await world.event()
  await review(page, event)
  await page.getByRole('button', { name: 'Book 2 seats now' }).click()
  await page.getByRole('heading', { name: /Thank you/ }).waitFor()
  await new Promise((resolve) => setTimeout(resolve, 1100)) // dates are whole seconds
  await world.change(event.ID, { StartDate: event.StartDate + 3600, EndDate: event.EndDate + 3600 })
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('Date, time or place have changed')).toBeVisible({ timeout: 1000 })
  }).toPass()
  await world.cancel(event.ID)
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('This event is cancelled')).toBeVisible({ timeout: 1000 })
  }).toPass()
})
