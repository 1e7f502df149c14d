# SPDX-License-Identifier: MIT

# The demo's pictures come from a web server of its own; it is built, not installed.
if HAVE_MICROHTTPD
noinst_PROGRAMS += visage-demo-origin
visage_demo_origin_SOURCES = \
	contrib/demo/canvas.c contrib/demo/canvas.h \
	contrib/demo/clothes.c \
	contrib/demo/encode.c contrib/demo/encode.h \
	contrib/demo/hair.c \
	contrib/demo/looks.c \
	contrib/demo/origin.c \
	contrib/demo/pictures.c contrib/demo/pictures.h \
	contrib/demo/portrait.c contrib/demo/portrait.h
visage_demo_origin_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS) $(MICROHTTPD_CFLAGS)
visage_demo_origin_LDADD = $(GM_LIBS) $(MICROHTTPD_LIBS) -lm
endif

EXTRA_DIST += \
	contrib/build.sh \
	contrib/check.sh \
	contrib/completion/visage.bash \
	contrib/demo/index.html \
	contrib/demo/visage.conf \
	contrib/keepers.sh \
	contrib/packages.sh \
	contrib/prometheus/visage.rules.test.yml \
	contrib/quickstart.sh

dist_examples_DATA += \
	contrib/grafana/visage.json \
	contrib/js/visage-url.mjs \
	contrib/php/VisageUrl.php \
	contrib/prometheus/visage.rules.yml \
	contrib/python/visage_url.py \
	contrib/systemd/visage.socket \
	contrib/systemd/visage@.service

# Where the shells look by themselves; bash wants the command's own name.
bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = contrib/completion/_visage
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = contrib/completion/visage.fish

.PHONY: install-bash-completion uninstall-bash-completion
install-data-hook: install-bash-completion
install-bash-completion:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) '$(srcdir)/contrib/completion/visage.bash' \
		'$(DESTDIR)$(bashcompletiondir)/visage'

uninstall-hook: uninstall-bash-completion
uninstall-bash-completion:
	rm -f '$(DESTDIR)$(bashcompletiondir)/visage'
