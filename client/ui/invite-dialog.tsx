/** How others find this room: its code, its link, and both as a picture for a camera. */

import { encode } from 'uqr'
import { showCode } from '../../src/state/code.ts'
import { isOnlyHere } from './address.ts'
import { CopyLink } from './copy-link.tsx'
import { Dialog } from './dialog.tsx'
import { useNavigation } from './navigation.ts'
import { OnlyHere } from './only-here.tsx'
import { usePage } from './page.ts'
import { pathOf } from './qr.ts'

export function InviteDialog() {
  const page = usePage()
  const navigation = useNavigation()
  const open = page.open.value
  if (!open) return null
  const link = navigation.linkTo(open.id)
  const code = open.room.get('room', open.id)?.code ?? null
  const { data, size } = encode(link, { ecc: 'M', border: 2 })
  return (
    <Dialog title="Invite people">
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code of ${link}`}>
        <path class="qr-ground" d={`M0 0h${size}v${size}H0z`} />
        <path class="qr-modules" d={pathOf(data)} />
      </svg>
      {code && <p class="big-code figures">{showCode(code)}</p>}
      <p class="link-text">{link}</p>
      {isOnlyHere(link) ? (
        <OnlyHere />
      ) : (
        <p class="hint centred">Point a camera at the square, share the link, or read the code aloud.</p>
      )}
      <div class="dialog-foot centred">
        <CopyLink link={link} isPrimary label="Copy this link" />
      </div>
    </Dialog>
  )
}
