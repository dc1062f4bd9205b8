# Waits until an interactive zsh completes LINE to something with WANTED in it: complete.zsh LINE WANTED
# The folder that it runs in has _tolmach.
zmodload zsh/zpty
zpty shell "PS1=; TERM=dumb zsh -f -i"
zpty -w shell "fpath=($PWD \$fpath); autoload -Uz compinit; compinit -u -D; print READY"
zpty -r shell line '*READY*READY*'
zpty -w -n shell "$1"$'\t\t'
seen=
for attempt in {1..100}; do
    while zpty -r -t shell part; do seen+=$part; done
    [[ $seen == *"$2"* ]] && exit 0
    sleep 0.1
done
print -r -- "$seen"
exit 1
