/* SPDX-License-Identifier: MIT
 *
 * Landlock without rules: every right that the kernel can handle is handled, so
 * none is left. glibc has no wrappers; the numbers of the rights have not changed
 * since they came, so the kernel's header is not needed either.
 */
#include "image/renderer/sandbox.h"

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VERSION_FLAG 1u /* LANDLOCK_CREATE_RULESET_VERSION */

void sandbox_landlock(void)
{
#ifdef SYS_landlock_create_ruleset
    /* struct landlock_ruleset_attr: the second field came with version 4. */
    struct {
        uint64_t files;
        uint64_t network;
    } handled = {0};
    long version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, VERSION_FLAG);
    size_t size = sizeof handled.files;
    long ruleset;

    if (version < 1)
        return;
    handled.files = (UINT64_C(1) << 13) - 1; /* execute to make_sym */
    if (version >= 2)
        handled.files |= UINT64_C(1) << 13; /* refer */
    if (version >= 3)
        handled.files |= UINT64_C(1) << 14; /* truncate */
    if (version >= 5)
        handled.files |= UINT64_C(1) << 15; /* ioctl on devices */
    if (version >= 4) {
        handled.network = 3; /* bind and connect TCP */
        size = sizeof handled;
    }
    ruleset = syscall(SYS_landlock_create_ruleset, &handled, size, 0u);
    if (ruleset < 0)
        return;
    /* Failing leaves the filter, which does not depend on this. */
    if (syscall(SYS_landlock_restrict_self, (int)ruleset, 0u) < 0)
        (void)0;
    close((int)ruleset);
#endif
}
