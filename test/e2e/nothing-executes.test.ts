/** [S11] Whatever people write, name or call something: on other screens it is text. */

import { deepEqual, equal, ok } from 'node:assert/strict'
import { scene, until } from './stage.ts'

const payloads = [
  '<img src=x onerror="window.pwned=1;alert(1)">',
  '<script>window.pwned=1;alert(1)</script>',
  '<svg onload=alert(1)>',
  '<svg><script href="data:,alert(1)"/></svg>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
  '<a href="javascript:alert(1)">click</a>',
  'javascript:alert(1)',
  'JaVaScRiPt://%0aalert(1)',
  'data:text/html,<script>alert(1)</script>',
  '[click](javascript:alert(1))',
  '![](https://evil.example/pixel.png)',
  '"><img src=https://evil.example/pixel.png>',
  "'-alert(1)-'",
  '{{constructor.constructor("alert(1)")()}}',
  '$' + '{alert(1)}',
  '</textarea></title></style><script>alert(1)</script>',
  '<style>@import "https://evil.example/a.css"</style>',
  '<form action="https://evil.example"><input name=q autofocus onfocus=alert(1)></form>',
  'https://evil.example/"onmouseover="alert(1)" x="',
  'https://user:password@evil.example/',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '&lt;img src=x onerror=alert(1)&gt;',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
]

scene('[X2] no message runs, loads or leads anywhere but to the web', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  for (const payload of payloads) {
    await ada.composer.fill(payload)
    await ada.composer.press('Enter')
  }
  await until(
    'all are there',
    async () => (await bob.messages.getByRole('article').count()) === payloads.length,
  )
  for (const payload of payloads) {
    equal(
      (await bob.messages.getByText(payload, { exact: true }).count()) > 0 || /https:/.test(payload),
      true,
      payload,
    )
  }
  for (const link of await bob.messages.getByRole('link').all()) {
    ok(/^https:\/\/evil\.example\//.test((await link.getAttribute('href')) ?? ''))
    equal(await link.getAttribute('target'), '_blank')
    deepEqual((await link.getAttribute('rel'))?.split(' ').sort(), ['noopener', 'noreferrer'])
  }
  await bob.act(payloads[0]!.slice(0, 10), 'Pin')
  await ada.page.getByRole('region', { name: 'Pinned messages' }).getByText(payloads[0]!).waitFor()
  for (const person of [ada, bob])
    equal(await person.page.evaluate(() => Reflect.get(window, 'pwned')), undefined)
})

scene('[X2] no name of a person or room runs either', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  const name = '<img src=x onerror=alert(1)>'
  await ada.renames(name)
  await bob.people.filter({ hasText: name }).waitFor()
  await ada.composer.pressSequentially('x')
  await bob.page
    .getByRole('status')
    .filter({ hasText: `${name} is typing` })
    .waitFor()
  const code = await ada.makesRoom('<script>alert(1)</script><b>bold')
  await ada.say('in here')
  await bob.goto(`/r/${code}`)
  await bob.isIn('<script>alert(1)</script><b>bold')
  await bob.hears(`${name}: in here`)
  await until('the title is text', async () => (await bob.page.title()).includes('<script>alert(1)</script>'))
  await bob.button('Show QR code').click()
  await bob.page.getByRole('dialog').waitFor()
})

scene('[X2] a link that is no link does not run', async (stage) => {
  const eve = await stage.arrive('eve')
  for (const path of [
    '/r/%3Cimg%20src=x%20onerror=alert(1)%3E',
    '/?room=%3Cscript%3Ealert(1)%3C/script%3E',
  ]) {
    await eve.goto(path)
    await eve.page.getByRole('alert').filter({ hasText: 'leads nowhere' }).waitFor()
  }
})
