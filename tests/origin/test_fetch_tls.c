/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "origin/certificate.h"
#include "origin/fetch_rig.h"

static struct rig rig;
static struct certificate certificate;
static struct origin *secure;
static char ca_file[64];

static void start(void)
{
    int fd;

    rig_start(&rig);
    cr_assert_eq(certificate_make(&certificate), 0);
    snprintf(ca_file, sizeof ca_file, "/tmp/visage-ca-XXXXXX");
    fd = mkstemp(ca_file);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, certificate.certificate, strlen(certificate.certificate)),
                 (ssize_t)strlen(certificate.certificate));
    close(fd);
    secure = origin_start_tls(0, certificate.key, certificate.certificate);
    if (!secure)
        cr_skip_test("libmicrohttpd has no TLS");
    cr_assert_eq(origin_add_picture(secure, "portrait", rig.picture, rig.picture_length,
                                    "image/jpeg"), 0);
    rig_point(&rig, "https://127.0.0.1:%u/{id}", (unsigned)origin_port(secure));
}

static void stop(void)
{
    origin_stop(&secure);
    certificate_free(&certificate);
    unlink(ca_file);
    rig_stop(&rig);
}

TestSuite(tls, .init = start, .fini = stop);

Test(tls, unknown_certificate_is_unreachable)
{
    rig.source.bearer = (char[]){"t0ken"};
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
    cr_expect_eq(origin_total(secure), 0);
    cr_expect_eq(rig.received, 0);
}

Test(tls, configured_authority_is_trusted)
{
    rig.config.fetch.ca_file = ca_file;
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_NONE);
    cr_expect(rig.same && rig.received == rig.picture_length);
    cr_expect_eq(rig_fetch(&rig, "ok/y"), CAUSE_NONE);
    cr_expect_eq(origin_connections(secure), 1);
}

Test(tls, name_must_match)
{
    rig.config.fetch.ca_file = ca_file;
    rig_point(&rig, "https://localhost:%u/{id}", (unsigned)origin_port(secure));
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
    cr_expect_eq(origin_total(secure), 0);
}

Test(tls, is_not_spoken_by_all)
{
    rig_point(&rig, "https://127.0.0.1:%u/{id}", (unsigned)origin_port(rig.origin));
    cr_expect_eq(rig_fetch(&rig, "ok/x"), CAUSE_ORIGIN_UNREACHABLE);
}

Test(tls, redirect_may_not_leave_it)
{
    char base[64];

    rig.config.fetch.ca_file = ca_file;
    rig_point(&rig, "https://127.0.0.1:%u/redirect-to/{id}?u=%s/ok/plain",
              (unsigned)origin_port(secure), rig_base(rig.origin, base));
    cr_expect_eq(rig_fetch(&rig, "x"), CAUSE_ORIGIN_FORBIDDEN);
    cr_expect_eq(origin_count(rig.origin, "/ok/plain"), 0);
}

Test(tls, redirect_may_enter_it)
{
    char base[64];

    rig.config.fetch.ca_file = ca_file;
    rig_point(&rig, "%s/redirect-to/{id}?u=https://127.0.0.1:%u/ok/x", rig_base(rig.origin, base),
              (unsigned)origin_port(secure));
    cr_expect_eq(rig_fetch(&rig, "x"), CAUSE_NONE);
}
