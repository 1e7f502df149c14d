# SPDX-License-Identifier: MIT
dist_man_MANS = \
	man/visage.1 \
	man/visage.conf.5 \
	man/visage-keeper.8 \
	man/visage.fcgi.8
