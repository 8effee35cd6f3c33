from peerhub.live.server import main

main()
