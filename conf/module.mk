# SPDX-License-Identifier: MIT
EXTRA_DIST += conf/visage.conf

# What a web server needs, to be adapted; contrib adds the units for systemd.
examplesdir = $(docdir)/examples
dist_examples_DATA = \
	conf/apache-mod_fcgid.conf \
	conf/htaccess \
	conf/htaccess-published \
	conf/lighttpd-bin-path.conf \
	conf/lighttpd-socket.conf \
	conf/nginx.conf

# For front ends that know an upload service already.
contractsdir = $(examplesdir)/contracts
dist_contracts_DATA = \
	conf/contracts/README \
	conf/contracts/auth.apache.conf \
	conf/contracts/auth.conf \
	conf/contracts/auth.lighttpd.conf \
	conf/contracts/images.apache.conf \
	conf/contracts/images.conf \
	conf/contracts/images.lighttpd.conf \
	conf/contracts/me.apache.conf \
	conf/contracts/me.conf \
	conf/contracts/me.lighttpd.conf \
	conf/contracts/stream.conf

# The administrator's file is never overwritten. What is removed again is only
# what nobody has changed.
visageconfdir = $(sysconfdir)/visage

.PHONY: install-visage-conf uninstall-visage-conf
install-data-hook: install-visage-conf
install-visage-conf:
	$(MKDIR_P) '$(DESTDIR)$(visageconfdir)'
	test -e '$(DESTDIR)$(visageconfdir)/visage.conf' || \
		$(INSTALL_DATA) '$(srcdir)/conf/visage.conf' '$(DESTDIR)$(visageconfdir)/visage.conf'

uninstall-hook: uninstall-visage-conf
uninstall-visage-conf:
	if cmp -s '$(srcdir)/conf/visage.conf' '$(DESTDIR)$(visageconfdir)/visage.conf'; then \
		rm -f '$(DESTDIR)$(visageconfdir)/visage.conf'; fi
	rmdir '$(DESTDIR)$(visageconfdir)' 2>/dev/null || :
