# SPDX-License-Identifier: MIT
#
# Completion of visage(1) for fish. Names of sources and presets come from the
# configuration that the command line names, or would find.

function __visage_names # what
    set -l tokens (commandline -opc)
    set -l config

    for i in (seq 2 (count $tokens))
        switch $tokens[$i]
            case -c --config
                set config -c $tokens[(math $i + 1)]
        end
    end
    $tokens[1] names $config $argv[1] 2>/dev/null
end

# A picture's path: /PRESET/SOURCE/, and then nobody knows.
function __visage_paths
    set -l word (commandline -ct)

    if string match -qr '^/[^/]+/' -- $word
        set -l preset (string match -r '^/[^/]+/' -- $word)
        for name in (__visage_names sources)
            echo $preset$name/
        end
    else
        for name in (__visage_names presets)
            echo /$name/
        end
    end
end

function __visage_subjects
    for name in (__visage_names sources)
        echo $name/
    end
end

function __visage_on # command
    __fish_seen_subcommand_from $argv[1]
end

set -l commands check explain url grant store import export stats top warm purge gc verify sheet version help

complete -c visage -f
complete -c visage -s c -l config -r -F -d 'configuration'
complete -c visage -s h -l help -d 'tell how it is used'
complete -c visage -s V -l version -n "not __fish_seen_subcommand_from $commands" \
    -d 'show the version'

complete -c visage -n "not __fish_seen_subcommand_from $commands" -a check \
    -d 'check the configuration and what this machine gives'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a explain \
    -d 'tell what a request for a URL would meet'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a url \
    -d 'print the URL of a picture, signed if its source has keys'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a grant \
    -d 'print a grant to upload one user\'s picture'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a store \
    -d 'look at uploads, bring back a version, delete for good, back up'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a import \
    -d 'take pictures over into the store of uploads'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a export \
    -d 'write all uploads as import reads them'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a stats \
    -d 'show what the cache holds and what the workers do'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a top \
    -d 'show what is asked for most, what is largest, which origins fail'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a warm \
    -d 'make the pictures that a list names'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a purge \
    -d 'make pictures a miss, at once and for all workers'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a gc \
    -d 'evict, sweep and collect now'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a verify \
    -d 'check every picture, kept or uploaded'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a sheet \
    -d 'draw many generated pictures on one'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a version \
    -d 'show the version'
complete -c visage -n "not __fish_seen_subcommand_from $commands" -a help \
    -d 'show how it is used'
complete -c visage -n '__visage_on help' \
    -a 'check explain url grant store import export stats top warm purge gc verify sheet version'

complete -c visage -n '__visage_on check' -l user -x -a '(__fish_complete_users)' \
    -d 'whether this user can read what the web server is to send'
complete -c visage -n '__visage_on check' -l print-reference \
    -d 'print a configuration with every key'
complete -c visage -n '__visage_on check' -l print-manual -d 'print visage.conf(5)'

complete -c visage -n '__visage_on explain' -l accept -x -d 'Accept of the request'
complete -c visage -n '__visage_on explain' -l json -d 'as one JSON object'
complete -c visage -n '__visage_on explain' -a '(__visage_paths)'

complete -c visage -n '__visage_on url' -l preset -x -a '(__visage_names presets)' \
    -d 'drawn as this preset says'
complete -c visage -n '__visage_on url' -l size -x -d 'a square of so many pixels'
complete -c visage -n '__visage_on url' -l dpr -x -a '1 2 3' -d 'device pixels to each'
complete -c visage -n '__visage_on url' -l format -x -a 'webp jpeg png' -d 'of the picture'
complete -c visage -n '__visage_on url' -l version -x -d 'the URL of this version for ever'
complete -c visage -n '__visage_on url' -l info -d 'what is known of it, as JSON'
complete -c visage -n '__visage_on url' -l expires -x -d 'signed for so long, or until @UNIX'
complete -c visage -n '__visage_on url' -l base -x -d 'what to put before the path'
complete -c visage -n '__visage_on url' -a '(__visage_names sources)'

complete -c visage -n '__visage_on grant' -l expires -x -d 'good for so long, or until @UNIX'
complete -c visage -n '__visage_on grant' -l max-bytes -x -d 'of an upload'
complete -c visage -n '__visage_on grant' -a '(__visage_names sources)'

complete -c visage -n '__visage_on store' -l json -d 'one JSON object a line'
complete -c visage -n '__visage_on store' -l receipt -d 'tell as JSON what was removed'
complete -c visage -n '__visage_on store; and not __fish_seen_subcommand_from list history restore delete sweep trim backup' \
    -a 'list history restore delete sweep trim backup'
complete -c visage -n '__visage_on store; and not __fish_seen_subcommand_from backup' \
    -a '(__visage_names sources)'
complete -c visage -n '__visage_on store; and __fish_seen_subcommand_from backup' \
    -a '(__fish_complete_directories)'

complete -c visage -n '__visage_on import' -l csv -r -F -d 'rows of id, content type and base64'
complete -c visage -n '__visage_on import' -l dry-run -d 'check everything and keep nothing'
complete -c visage -n '__visage_on import' -l from -x -a '(__visage_names sources)' \
    -d 'objects of another source'
complete -c visage -n '__visage_on import' -l header -d 'the first row is a heading'
complete -c visage -n '__visage_on import' -l replace -d 'also take what differs from what is there'
complete -c visage -n '__visage_on export' -l csv -r -F -d 'rows of id, content type and base64'
for command in import export
    complete -c visage -n "__visage_on $command" -l progress -d 'draw the bar anyway'
    complete -c visage -n "__visage_on $command" -s q -l quiet -d 'say nothing of how far it is'
    complete -c visage -n "__visage_on $command" -a '(__visage_names sources) (__fish_complete_directories)'
end

complete -c visage -n '__visage_on stats' -l json -d 'as one JSON object'
complete -c visage -n '__visage_on stats' -l watch -d 'again and again'

complete -c visage -n '__visage_on top' -l by -x -a 'requests size failures' -d 'one list'
complete -c visage -n '__visage_on top' -s n -x -d 'rows'
complete -c visage -n '__visage_on top' -l json -d 'as one JSON object'

complete -c visage -n '__visage_on warm' -s j -l jobs -x -d 'processes'
complete -c visage -n '__visage_on warm' -l force -d 'ask also about what is fresh'
complete -c visage -n '__visage_on warm' -l accept -x -d 'Accept of the requests'
complete -c visage -n '__visage_on warm' -l progress -d 'draw the bar anyway'
complete -c visage -n '__visage_on warm' -F

complete -c visage -n '__visage_on purge' -l subject -x -a '(__visage_subjects)' -d 'a picture'
complete -c visage -n '__visage_on purge' -l url -x -a '(__visage_paths)' \
    -d 'the picture of this URL'
complete -c visage -n '__visage_on purge' -l source -x -a '(__visage_names sources)' \
    -d 'all of a source'
complete -c visage -n '__visage_on purge' -l all -d 'everything'
complete -c visage -n '__visage_on purge' -l dry-run -d 'only tell how many'

complete -c visage -n '__visage_on gc' -s q -l quiet -d 'say nothing'
complete -c visage -n '__visage_on gc' -l refresh -d 'refresh what waits for the keeper'

complete -c visage -n '__visage_on verify' -l repair -d 'remove what is wrong'
complete -c visage -n '__visage_on verify' -l progress -d 'draw the bar anyway'

complete -c visage -n '__visage_on sheet' -l style -x \
    -a 'identicon retro monsterid wavatar robohash pagan mp blank color initials all' \
    -d 'what they are like'
complete -c visage -n '__visage_on sheet' -l size -x -d 'the side of each, in pixels'
complete -c visage -n '__visage_on sheet' -l count -x -d 'how many of each style'
complete -c visage -n '__visage_on sheet' -l out -r -F -d 'where the PNG goes'
